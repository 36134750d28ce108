"""The reader against a broker: what is read once, parked once, and read again."""

import pytest

from integrations.delivery.models import StoredEvent
from integrations.kafka.models import ParkedMessage
from integrations.kafka.wanted import read_wanted
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.integrations.delivery.sending import tally
from tests.integrations.kafka.topic import event, read_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def program():
    return ProgramFactory(code="club")


def stored_ids():
    return sorted(StoredEvent.objects.values_list("event_id", flat=True))


def test_events_of_several_programs_are_accepted_and_counted(topic, program):
    connection = connect_braze(program)
    other = ProgramFactory(code="other-club")
    topic.send_events(program, 30)
    topic.send(event(other, "theirs"))
    topic.flush()

    read_until(lambda: StoredEvent.objects.count() == 31)

    assert tally(connection) == (30, 0, 0, 0, 30, 0)
    assert StoredEvent.objects.get(program_id=other.pk).event_id == "theirs"
    assert set(StoredEvent.objects.values_list("source", flat=True)) == {"kafka"}


def test_offsets_are_committed_after_the_rows(topic, program, settings):
    topic.send_events(program, 10)

    read_until(lambda: StoredEvent.objects.count() == 10)

    assert topic.committed(settings.KAFKA_GROUP) == 10


def test_another_group_reads_all_again_and_nothing_is_doubled(topic, program, settings):
    topic.send_events(program, 10)
    read_until(lambda: StoredEvent.objects.count() == 10)

    settings.KAFKA_GROUP += "-second"
    read_until(lambda: topic.committed(settings.KAFKA_GROUP) == 10)

    assert len(stored_ids()) == 10


def test_poison_stands_aside_and_holds_up_nothing(topic, program):
    poison = {
        b"no json": "invalid_json",
        b"": "invalid_json",
        None: "invalid_json",
        b'{"program": "club"}': "validation_failed",
        b'{"program": "club", "eventId": "x", "data": "' + b"x" * 300_000 + b'"}': "too_large",
    }
    for value in poison:
        topic.send(value, key="a-1")
    topic.send(event("nobody", "lost"))
    topic.send({name: value for name, value in event(program, "homeless").items() if name != "program"})
    topic.send(event(program, "good"))
    topic.flush()

    read_until(lambda: StoredEvent.objects.exists() and ParkedMessage.objects.count() == 7)

    assert stored_ids() == ["good"]
    reasons = list(ParkedMessage.objects.order_by("offset").values_list("reason", flat=True))
    assert reasons == [*poison.values(), "unknown_program", "unknown_program"]
    parked = ParkedMessage.objects.get(message="There is no program nobody.")
    assert (parked.topic, parked.key) == (topic.name, "a-1")
    assert len(ParkedMessage.objects.get(reason="too_large").value) <= 16 * 1024 + 1


def test_parked_message_is_parked_once_however_often_it_is_read(topic, settings):
    topic.send(event("nobody", "lost"))
    topic.flush()
    read_until(lambda: ParkedMessage.objects.count() == 1)

    settings.KAFKA_GROUP += "-second"
    read_until(lambda: topic.committed(settings.KAFKA_GROUP) == 1)

    assert ParkedMessage.objects.count() == 1


def test_wanted_message_is_read_again_whole(topic):
    secret = "cvc_" + "A" * 44
    topic.send(event("later", "e-1", data={"points": 5, "reason": secret}))
    topic.flush()
    read_until(lambda: ParkedMessage.objects.count() == 1)
    assert secret not in ParkedMessage.objects.get().value

    ProgramFactory(code="later")
    ParkedMessage.objects.update(is_wanted=True)
    read_wanted()

    assert ParkedMessage.objects.count() == 0
    assert StoredEvent.objects.get().data == {"points": 5, "reason": secret}


def test_wanted_message_that_is_still_wrong_stays(topic):
    topic.send(event("nobody", "lost"))
    topic.flush()
    read_until(lambda: ParkedMessage.objects.count() == 1)

    ParkedMessage.objects.update(is_wanted=True)
    read_wanted()

    parked = ParkedMessage.objects.get()
    assert (parked.is_wanted, parked.reason) == (False, "unknown_program")
    assert parked.tried_at > parked.parked_at


def test_wanted_message_that_kafka_has_no_more_says_so(topic):
    topic.send(event("nobody", "lost"))
    topic.flush()
    ParkedMessage.objects.create(
        topic=topic.name, partition=0, offset=999, reason="unknown_program", message="", is_wanted=True
    )

    read_wanted()

    parked = ParkedMessage.objects.get()
    assert not parked.is_wanted
    assert "did not give this message" in parked.message
