"""Events listed by what became of them, and the call that they ended with."""

import pytest
from django.utils import timezone

from integrations.calls.models import ApiCall
from integrations.connections.models import Connection
from integrations.delivery import replay
from integrations.delivery.models import DeliveryOutcome, Lane
from integrations.delivery.replay import Selection
from selfservice.audit.services import COMMAND_LINE
from tests.factories.events import REFUSAL, balance_event, refused_event
from tests.integrations.activity.reading import listed
from tests.integrations.delivery.sending import deliver, send

pytestmark = pytest.mark.django_db(transaction=True)


def test_events_are_listed_by_what_became_of_them(admin, address, program, connection, braze):
    send(program, balance_event("good"))
    deliver(program)
    braze.fault(**REFUSAL)
    send(program, refused_event("bad"))
    deliver(program)
    send(program, balance_event("off", type="NEVER_HEARD_OF"))
    deliver(program)
    Connection.objects.update(paused_at=timezone.now())
    for number in range(50):
        send(program, balance_event(f"w-{number}"))

    queries = {"delivered": "", "dead": "&period=24h", "filtered": ""}
    pages = {state: admin.get(f"{address}/activity?state={state}{more}") for state, more in queries.items()}

    assert {state: listed(page) for state, page in pages.items()} == {
        "delivered": ["good"],
        "dead": ["bad"],
        "filtered": ["off"],
    }
    assert all('<span class="count">1</span>' in page.text for page in pages.values())
    waiting = admin.get(f"{address}/activity?state=waiting", follow=True)
    assert len(listed(waiting)) == 50
    assert waiting.redirect_chain == [(f"{address}/dead-letters?state=waiting", 302)]
    assert listed(admin.get(f"{address}/activity?state=dead&type=BALANCE_CHANGED")) == []


def test_event_that_was_sent_again_is_listed_once(admin, address, program, connection):
    send(program, balance_event("a-1"))
    deliver(program)
    replay.begin(program=program, selection=Selection(states=("delivered",)), actor=COMMAND_LINE)
    deliver(program)

    assert listed(admin.get(f"{address}/activity?state=delivered")) == ["a-1"]


def test_call_names_the_events_that_ended_with_it(admin, address, program, connection):
    send(program, balance_event("a-1"), balance_event("a-1"))
    deliver(program)
    call = ApiCall.objects.get(endpoint="users/track")

    page = admin.get(f"{address}/activity/calls/{call.day:%Y%m%d}/{call.pk}")

    assert listed(page) == ["a-1", "a-1"]
    assert DeliveryOutcome.objects.count() == 2
    assert Lane.objects.get(connection=connection, accepted=2).delivered == 2
