import pytest
from django.test import Client
from prometheus_client.core import Metric

from integrations.kafka.metrics import families
from integrations.kafka.models import ParkedMessage
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def parked():
    return [
        ParkedMessage.objects.create(
            topic="t", partition=0, offset=offset, reason="unknown_program", message="There is no program x."
        )
        for offset in range(3)
    ]


def test_operator_asks_for_messages_to_be_read_again(parked):
    client = sign_in(Client(), person(is_operator=True))
    chosen = {"action": "read_again", "_selected_action": [parked[0].pk, parked[2].pk]}

    answer = client.post("/operator/kafka/parkedmessage/", chosen, follow=True)

    assert "2 messages will be read again within seconds" in answer.text
    assert [found.is_wanted for found in ParkedMessage.objects.order_by("offset")] == [True, False, True]


def test_parked_messages_can_be_looked_at_and_not_changed(parked):
    client = sign_in(Client(), person(is_operator=True))

    page = client.get(f"/operator/kafka/parkedmessage/{parked[0].pk}/change/")
    added = client.get("/operator/kafka/parkedmessage/add/")

    assert "There is no program x." in page.text
    assert (page.status_code, added.status_code) == (200, 403)


def test_parked_messages_are_a_metric(parked):
    (family,) = families()

    assert isinstance(family, Metric)
    assert [(sample.labels, sample.value) for sample in family.samples] == [({"reason": "unknown_program"}, 3)]
