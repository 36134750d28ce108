"""What a choice that is not saved would do to the newest events."""

import re

import pytest

from integrations.connections.models import Connection
from integrations.delivery.recent import recent_events
from selfservice.audit.models import AuditEntry
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.factories.events import balance_event, canonical_event
from tests.factories.people import person, sign_in
from tests.integrations.delivery.sending import send
from tests.integrations.matrix.filling import ADDRESS, filled

pytestmark = pytest.mark.django_db
EFFECT = f"{ADDRESS}/effect"


@pytest.fixture
def program():
    return ProgramFactory(code="club")


@pytest.fixture
def admin(client, program):
    connect_braze(program)
    return sign_in(client, person(program=program))


def tally(page):
    found = re.findall(r"<dt>(would [^<]*)</dt><dd>(\d+)</dd>", page)
    return {words.removeprefix("would "): int(count) for words, count in found if count != "0"}


def test_rename_changes_the_events_concerned(admin, program):
    send(program, balance_event(), balance_event(), canonical_event("USER_LOGGED_IN"))

    page = admin.post(EFFECT, filled(**{"name:convercus_balance_changed": "points"})).text

    assert tally(page) == {"change": 2, "stay as they are": 1}
    assert re.search(r"diff-old\">convercus_balance_changed<.*?diff-new\">points<", page, re.DOTALL)
    assert 'value="points"' in page, "what was filled in can still be saved"


def test_event_that_is_switched_off_is_no_longer_sent(admin, program):
    send(program, canonical_event("USER_LOGGED_IN"), balance_event())

    page = admin.post(EFFECT, filled(events=["BALANCE_CHANGED"])).text

    assert tally(page) == {"no longer be sent": 1, "stay as they are": 1}
    assert "Neither the event nor anything that it tells was chosen to be sent." in page


def test_event_that_is_switched_on_is_sent_from_now_on(admin, program):
    connect_braze(program, events=["BALANCE_CHANGED"])
    send(program, canonical_event("COUPON_ASSIGNED"))

    page = admin.post(EFFECT, filled()).text

    assert tally(page) == {"be sent from now on": 1}


def test_effect_stores_and_sends_nothing(admin, program):
    send(program, balance_event())
    before = Connection.objects.values().get()
    entries = AuditEntry.objects.count()

    answer = admin.post(EFFECT, filled(events=[], flatBalance="on"))

    assert answer.status_code == 200
    assert Connection.objects.values().get() == before
    assert AuditEntry.objects.count() == entries


def test_values_of_members_are_masked(admin, program):
    send(program, canonical_event("USER_CREATED"))

    page = admin.post(EFFECT, filled(attributes=["email"])).text

    assert tally(page) == {"change": 1}
    assert "first_name" in page
    assert "A•••" in page
    assert "Ada" not in page
    assert "Berlin 3" not in page


def test_property_that_is_switched_off_is_named_without_its_value(admin, program):
    send(program, canonical_event("USER_CREATED"))

    page = admin.post(EFFECT, filled(**{"property:0": "favourite_store"})).text

    assert tally(page) == {"change": 1}
    assert re.search(r'"code">favourite_store<.*?•••.*?not sent', page, re.DOTALL)


def test_effect_without_events_says_so(admin):
    page = admin.post(EFFECT, filled(events=[])).text

    assert "No event has come in yet" in page
    assert tally(page) == {}


def test_effect_of_no_change_says_so(admin, program):
    send(program, balance_event())

    assert "For none of these events anything would change." in admin.post(EFFECT, filled()).text


def test_effect_of_what_cannot_be_saved_is_not_shown(admin, program):
    send(program, balance_event())

    answer = admin.post(EFFECT, filled(**{"name:convercus_balance": "email"}))

    assert answer.status_code == 422
    assert "What your changes would do</h2>" not in answer.text


def test_effect_of_many_kinds_stays_short(admin, program):
    send(program, *[user_with(number) for number in range(30)])

    page = admin.post(EFFECT, filled(propertyMode="only")).text

    assert tally(page) == {"change": 30}
    assert page.count('class="effect-group"') == 10
    assert page.count("and 32 more") == 10
    assert "and 20 more" in page
    assert "60 are shown, there may be more." in page
    assert len(page) < 160_000


def user_with(number):
    properties = [{"name": f"p-{number}-{place}", "value": "x" * 255} for place in range(40)]
    user = {"customProperties": properties}
    return canonical_event("USER_CHANGED", event_id=f"u-{number}", data={"user": user})


def test_effect_is_not_for_a_get(admin):
    assert admin.get(EFFECT).url == EFFECT.removesuffix("/effect")


def test_newest_events_are_the_programs_own_and_a_hundred_at_most(program):
    other = ProgramFactory()
    send(program, *[balance_event(f"a-{number}") for number in range(105)])
    send(other, balance_event("of-another"))

    found = recent_events(program=program, limit=100)

    assert [event.account_id for event in found] == [f"a-{number}" for number in range(104, 4, -1)]


@pytest.mark.parametrize("count", [1, 60])
def test_effect_asks_the_database_a_fixed_number_of_times(admin, program, django_assert_num_queries, count):
    send(program, *[balance_event(f"a-{number}") for number in range(count)])

    # As the page, with the connection for the form, and the events, whether a worker runs and, without one,
    # what waits.
    with django_assert_num_queries(13):
        admin.post(EFFECT, filled(flatBalance="on"))
