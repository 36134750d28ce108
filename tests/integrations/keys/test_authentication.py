from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.keys.authentication import KeyRefused, authenticate, note_use
from integrations.keys.models import ApiKey
from integrations.keys.secret_keys import generate_key
from tests.factories.connection import key_for
from tests.factories.engine import ProgramFactory

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


def test_last_use_is_kept_to_the_minute(program, django_assert_num_queries):
    raw = key_for(program)
    key = check(program, raw)
    note_use(key=key, now=NOW)

    key.refresh_from_db()
    with django_assert_num_queries(0):
        note_use(key=key, now=NOW + timedelta(seconds=59))
    assert key.last_used_at == NOW
    note_use(key=key, now=NOW + timedelta(seconds=61))
    key.refresh_from_db()
    assert key.last_used_at == NOW + timedelta(seconds=61)
