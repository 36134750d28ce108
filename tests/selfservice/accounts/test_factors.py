"""A code counts once, for half a minute, and guesses are bounded."""

from datetime import UTC, datetime, timedelta

import pytest

from selfservice.accounts import factors
from selfservice.accounts.factors import Verdict
from selfservice.accounts.models import SecondFactor
from selfservice.audit.models import AuditEntry
from selfservice.audit.services import COMMAND_LINE
from tests.factories.codes import code_at, with_factor
from tests.factories.people import person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, 15, tzinfo=UTC)
STEP = timedelta(seconds=30)
# RFC 6238, appendix B: the last six digits of the values for SHA-1.
VECTORS = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}


@pytest.fixture
def ada():
    return person(email="ada@example.org")


@pytest.fixture
def app(ada):
    """Secret and recovery codes of somebody who has switched it on a while ago."""
    return with_factor(ada, now=NOW - timedelta(hours=1))


def check(user, code, now=NOW):
    return factors.check(user=user, code=code, actor=COMMAND_LINE, now=now)


@pytest.mark.parametrize("seconds", VECTORS)
def test_codes_are_those_of_the_standard(ada, seconds):
    with_factor(ada, now=datetime.fromtimestamp(0, UTC) + STEP)
    factor = SecondFactor.objects.get()
    factor.secret, factor.last_step = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 0
    factor.save()

    assert check(ada, VECTORS[seconds], datetime.fromtimestamp(seconds, UTC)) is Verdict.RIGHT


def test_code_is_taken_once(ada, app):
    code = code_at(app[0], NOW)

    assert check(ada, f" {code[:3]} {code[3:]} ") is Verdict.RIGHT
    assert check(ada, code) is Verdict.WRONG
    assert check(ada, code_at(app[0], NOW - STEP)) is Verdict.WRONG, "nor one from before"
    assert check(ada, code_at(app[0], NOW + STEP)) is Verdict.RIGHT


@pytest.mark.parametrize(("steps", "is_right"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_clock_of_the_phone_may_differ_by_half_a_minute(ada, app, steps, is_right):
    assert (check(ada, code_at(app[0], NOW + steps * STEP)) is Verdict.RIGHT) == is_right


def test_five_wrong_codes_lock_for_a_quarter_of_an_hour(ada, app):
    verdicts = [check(ada, "12345x") for _n in range(5)]

    assert verdicts == [Verdict.WRONG] * 4 + [Verdict.LOCKED]
    assert check(ada, code_at(app[0], NOW)) is Verdict.LOCKED
    assert check(ada, app[1][0]) is Verdict.LOCKED, "recovery codes neither"
    later = NOW + timedelta(minutes=15)
    assert check(ada, code_at(app[0], later), later) is Verdict.RIGHT


def test_right_code_forgives_the_wrong_ones(ada, app):
    for _n in range(4):
        check(ada, "wrong")
    check(ada, code_at(app[0], NOW))

    assert check(ada, "wrong") is Verdict.WRONG
    assert SecondFactor.objects.get().failures == 1


def test_recovery_codes_are_ten_and_each_works_once(ada, app):
    codes = app[1]

    assert len(set(codes)) == 10
    assert check(ada, codes[3].upper().replace("-", " ")) is Verdict.RIGHT
    assert check(ada, codes[3]) is Verdict.WRONG
    told = AuditEntry.objects.latest("pk")
    assert (told.action, told.subject, told.after) == ("second_factor.recovery_used", "ada@example.org", {"left": 9})


def test_new_recovery_codes_void_the_former(ada, app):
    fresh = factors.renew_codes(user=ada, actor=COMMAND_LINE)

    assert check(ada, app[1][0]) is Verdict.WRONG
    assert check(ada, fresh[0]) is Verdict.RIGHT


def test_nothing_that_lets_somebody_in_can_be_read_from_the_tables(ada, app):
    stored = str(list(SecondFactor.objects.extra(select={"raw": "secret"}).values("raw")))
    stored += str(list(SecondFactor.objects.get().recovery_codes.values())) + str(list(AuditEntry.objects.values()))

    assert app[0] not in stored
    assert not any(code in stored or code.replace("-", "") in stored for code in app[1])


def test_factor_does_not_count_before_its_first_code(ada):
    factors.begin(user=ada)

    assert factors.factor_of(ada) is None
    assert factors.confirm(user=ada, code="000000", actor=COMMAND_LINE, now=NOW) is None
    assert factors.factor_of(ada) is None


def test_beginning_again_leaves_a_factor_that_counts_alone(ada, app):
    factors.begin(user=ada)

    assert factors.factor_of(ada).secret == app[0]


def test_switching_off_is_told_once(ada, app):
    factors.switch_off(user=ada, actor=COMMAND_LINE)
    factors.switch_off(user=ada, actor=COMMAND_LINE)

    assert check(ada, code_at(app[0], NOW)) is Verdict.WRONG
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == ["second_factor.on", "second_factor.off"]
