"""Keys as their page shows them: states, what ends when, and how much they are used."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.calls.models import ApiCall
from integrations.frame.places import Place
from integrations.keys.last_use import note_use
from integrations.keys.models import ApiKey
from integrations.keys.services import issue_key, revoke_key, rotate_key
from integrations.onboarding.key_lines import key_lines
from integrations.registry import spec_for
from selfservice.programs.models import Role
from tests.factories.connection import ACTOR, key_for
from tests.factories.engine import AccountFactory, ProgramFactory
from tests.factories.people import person, sign_in
from tests.integrations.calling import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    return ProgramFactory(code="club")


def place_of(program):
    return Place(program, spec_for("braze"), Role.ADMIN)


def line_of(program, now=None):
    (line,) = key_lines(place=place_of(program), now=now or timezone.now())
    return line


@pytest.mark.parametrize(
    ("left", "name", "tone", "label"),
    [
        (None, "active", "good", "Active"),
        (timedelta(days=15), "active", "good", "Active"),
        (timedelta(days=13), "ending", "warn", "Expires within 14 days"),
        (timedelta(days=6), "ending", "warn", "Expires within 7 days"),
        (timedelta(hours=20), "ending", "bad", "Expires within a day"),
    ],
)
def test_state_says_when_a_key_ends_soon(program, left, name, tone, label):
    issue_key(program=program, name="Till", actor=ACTOR, expires_at=timezone.now() + left if left else None)

    state = line_of(program).state

    assert (state.name, state.tone, state.label) == (name, tone, label)


def test_revoked_expired_and_replaced_keys_are_told_apart(program):
    names = {}
    for name in ("revoked", "expired", "replaced"):
        names[issue_key(program=program, name=name, actor=ACTOR).key.prefix] = name
    by_name = {name: prefix for prefix, name in names.items()}
    revoke_key(prefix=by_name["revoked"], actor=ACTOR)
    ApiKey.objects.filter(prefix=by_name["expired"]).update(expires_at=timezone.now())
    rotate_key(prefix=by_name["replaced"], overlap=timedelta(), actor=ACTOR)

    lines = key_lines(place=place_of(program), now=timezone.now())

    assert {names[line.key.prefix]: line.state.name for line in lines if line.key.prefix in names} == {
        name: name for name in by_name
    }
    assert [line.state.is_working for line in lines if line.key.prefix not in names] == [True]


def test_rotated_key_counts_down(program):
    old = issue_key(program=program, name="Canvas", actor=ACTOR).key
    rotate_key(prefix=old.prefix, overlap=timedelta(days=7), actor=ACTOR)

    line = next(line for line in key_lines(place=place_of(program), now=timezone.now()) if line.key == old)

    assert (line.state.name, line.ends) == ("overlapping", "in 6 days")
    assert line.successor.replaces == old


def test_calls_of_a_day_are_counted_per_key(program):
    caller, other = (Caller(program, key_for(program)) for _number in range(2))
    account = AccountFactory(program=program)
    for _number in range(3):
        caller.get(f"members/{account.id}/profile")
    caller.post(f"members/{account.id}/bookings", {"points": 0})

    counted = {line.key.prefix: line.calls for line in key_lines(place=place_of(program), now=timezone.now())}

    assert counted == {caller.key[4:12]: 4, other.key[4:12]: 0}


@pytest.mark.django_db(transaction=True)
def test_calls_are_told_apart_by_door_and_lead_to_their_lists(client, program):
    prefix, now = key_for(program)[4:12], timezone.now()
    for kind in ("braze", "events"):
        ApiCall.objects.create(
            program_id=program.pk, kind=kind, direction="in", method="POST", path="/v1", endpoint="x", status=202,
            duration_ms=3, request_id="r-1", key_prefix=prefix, day=now.date(), at=now,
        )  # fmt: skip
    sign_in(client, person(program=program))

    line = line_of(program)
    lists = {door.system: client.get(door.address).text for door in line.doors}

    assert line.calls == 2
    assert {system: re.findall(r'class="count">(\d+)<', page) for system, page in lists.items()} == {
        "Braze": ["1"],
        "Door for events": ["1"],
    }


def test_verdict_counts_the_campaigns_of_the_last_day(program):
    key, now = ApiKey.objects.get(prefix=key_for(program)[4:12]), timezone.now()
    for number, campaign in enumerate(["spring", "summer", "summer", ""], start=1):
        endpoint = "members/bookings" if number < 3 else "members/profile"
        note_use(key=key, endpoint=endpoint, campaign=campaign, now=now - timedelta(minutes=10 * number))
    note_use(key=key, endpoint="members/bookings", campaign="winter", now=now - timedelta(days=2))

    line = line_of(program, now)

    assert line.verdict.sentence.startswith("Last used 10 minutes ago by campaign spring and 1 other:")


def test_lines_cost_the_same_queries_for_one_key_and_for_many(program):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            key_lines(place=place_of(program), now=timezone.now())
        return len(queries)

    key_for(program)
    one = cost()
    for _number in range(8):
        key = ApiKey.objects.get(prefix=key_for(program)[4:12])
        note_use(key=key, endpoint="members/profile", campaign="", now=timezone.now())

    assert (one, cost()) == (3, 3)
