from contextlib import suppress

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.keys.authentication import KeyRefused, admit, authenticate
from integrations.keys.models import ApiKey
from integrations.keys.secret_keys import generate_key
from loyalty_api.engine.profiles import profile_along
from tests.factories.connection import key_for
from tests.factories.engine import AccountFactory, ProgramFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def check(program, raw, *, address="203.0.113.7", now=NOW):
    return authenticate(raw=raw, program_code=program.code, address=address, now=now)


def test_valid_key_comes_with_its_program_in_one_query(program, django_assert_num_queries):
    raw = key_for(program)

    with django_assert_num_queries(1):
        key = check(program, raw)
        assert key.program == program


@pytest.mark.parametrize("raw", ["", "nonsense", "cvc_" + "A" * 48, "cvc_" + "A" * 47 + "!"])
def test_what_cannot_be_a_key_costs_no_query(program, raw, django_assert_num_queries):
    with django_assert_num_queries(0), pytest.raises(KeyRefused):
        check(program, raw)


def test_unknown_key_is_refused(program):
    with pytest.raises(KeyRefused):
        check(program, generate_key())


def test_right_prefix_with_another_secret_is_refused(program):
    raw, other = key_for(program), generate_key()
    ApiKey.objects.update(prefix=other[4:12])

    for wrong in (raw, other):
        with pytest.raises(KeyRefused):
            check(program, wrong)


def test_key_of_another_program_is_refused(program):
    with pytest.raises(KeyRefused):
        check(program, key_for(ProgramFactory()))


@pytest.mark.parametrize("field", ["revoked_at", "expires_at"])
def test_revoked_or_expired_key_is_refused(program, field):
    raw = key_for(program)
    ApiKey.objects.update(**{field: NOW})

    with pytest.raises(KeyRefused):
        check(program, raw)


@pytest.mark.parametrize(
    ("address", "is_allowed"),
    [("203.0.113.200", True), ("2001:db8::1", True), ("198.51.100.1", False), ("", False), ("unix:", False)],
)
def test_key_for_networks_works_from_there_only(program, address, is_allowed):
    raw = key_for(program, allowed_networks=["203.0.113.0/24", "2001:db8::/32"])

    try:
        check(program, raw, address=address)
        found = True
    except KeyRefused:
        found = False

    assert found is is_allowed


@pytest.mark.parametrize("address", ["::ffff:203.0.113.7", "203.0.113.7"])
def test_address_written_as_ipv6_is_the_same_address(program, address):
    raw = key_for(program, allowed_networks=["203.0.113.0/24"])

    assert check(program, raw, address=address)


def refusals(program):
    """Keys whose checksum is right, each refused for another reason: raw key, program's code, address."""
    revoked, expired, wrong = key_for(program), key_for(program), key_for(program)
    ApiKey.objects.filter(prefix=revoked[4:12]).update(revoked_at=NOW)
    ApiKey.objects.filter(prefix=expired[4:12]).update(expires_at=NOW)
    ApiKey.objects.filter(prefix=wrong[4:12]).update(digest=bytes(32))
    valid, elsewhere = key_for(program), key_for(program, allowed_networks=["198.51.100.0/24"])
    return {
        "unknown": (generate_key(), program.code, "203.0.113.7"),
        "wrong secret": (wrong, program.code, "203.0.113.7"),
        "revoked": (revoked, program.code, "203.0.113.7"),
        "expired": (expired, program.code, "203.0.113.7"),
        "other program": (key_for(ProgramFactory()), program.code, "203.0.113.7"),
        "unknown program": (valid, "nowhere", "203.0.113.7"),
        "impossible program": (valid, program.code + "\x00", "203.0.113.7"),
        "forbidden address": (elsewhere, program.code, "203.0.113.7"),
        "no address": (elsewhere, program.code, "unix:"),
    }


def test_refused_keys_cost_the_same_single_query(program, django_assert_num_queries):
    for raw, code, address in refusals(program).values():
        with django_assert_num_queries(1) as asked, pytest.raises(KeyRefused):
            authenticate(raw=raw, program_code=code, address=address, now=NOW)

        assert "WHERE k.prefix" in asked.captured_queries[0]["sql"]


def test_nothing_goes_along_with_a_key_that_is_refused(program):
    """Else the time of a 401 would tell who is a member."""
    account = AccountFactory(program=program).id
    along = profile_along(account)
    good, revoked = key_for(program), key_for(program)
    ApiKey.objects.filter(prefix=revoked[4:12]).update(revoked_at=NOW)

    def loops(raw):
        with CaptureQueriesContext(connection) as asked, suppress(KeyRefused):
            admit(raw=raw, program_code=program.code, address="203.0.113.7", now=NOW, along=along)
        with connection.cursor() as cursor:
            # The planner has a choice only where it knows that the account is no dearer to look for than the key.
            cursor.execute("ANALYZE keys_apikey, engine_account, programs_program")
            cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + asked.captured_queries[-1]["sql"].replace("%", "%%"))
            (plan,) = cursor.fetchone()[0]
        return [node["Actual Loops"] for node in nodes(plan["Plan"]) if node.get("Relation Name") == "engine_account"]

    assert loops(good) == [1]
    assert loops(revoked) == [0]


def nodes(plan):
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)
