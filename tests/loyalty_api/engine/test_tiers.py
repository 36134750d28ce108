from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_api.contract import Level, LoyaltyError
from loyalty_api.engine.level_rules import level_status, reached_level
from loyalty_api.engine.level_runs import settle_changed_levels, settle_due_levels
from loyalty_api.engine.models import Account, ProgramRules
from loyalty_api.engine.rating_levels import get_rating_level, remove_rating_level, set_rating_level
from loyalty_api.engine.receipts import Receipt
from loyalty_api.engine.rules import save_rules
from loyalty_api.engine.status_points import book_level_points
from loyalty_api.engine.tiers import levels_of, save_levels, status_of
from loyalty_api.engine.transactions import record_transaction
from tests.factories.engine import AccountFactory, LevelFactory, ProgramFactory
from tests.loyalty_api import recording

BASIC, SILVER, GOLD = Level("basic", "Basic", 0), Level("silver", "Silver", 300), Level("gold", "Gold", 1000)
LEVELS = [BASIC, SILVER, GOLD]
NOW = datetime(2026, 3, 31, 9, 15, tzinfo=UTC)
A_YEAR_ON = datetime(2027, 3, 31, 9, 15, tzinfo=UTC)


def club(**rules):
    program = ProgramFactory()
    save_levels(program=program, levels=LEVELS, now=NOW)
    save_rules(rules=ProgramRules(program=program, **rules), now=NOW)
    return program


def book(account, points, now=NOW):
    return book_level_points(program=account.program, account_id=account.id, points=points, now=now)


def level_of(account):
    return Account.objects.get(id=account.id).level


def told_levels():
    told = [event.data for event in recording.all_events() if event.type == "STATUS_LEVEL_CHANGED"]
    return [(data["oldLevel"], data["newLevel"], data["direction"]) for data in told]


@pytest.mark.parametrize(
    ("status_points", "expected"), [(-50, None), (0, BASIC), (299, BASIC), (300, SILVER), (1000, GOLD)]
)
def test_reached_level(status_points, expected):
    assert reached_level(LEVELS, status_points=status_points) == expected


@pytest.mark.parametrize(("current", "expected"), [("gold", GOLD), ("basic", BASIC), ("removed", SILVER), ("", SILVER)])
def test_level_status_is_what_is_held(current, expected):
    assert level_status(LEVELS, status_points=400, current=current).current == expected


@given(points=st.integers(-2000, 2000), current=st.sampled_from(["", "basic", "silver", "gold"]))
def test_level_status_next_is_above_current(points, current):
    status = level_status(LEVELS, status_points=points, current=current)

    if status.next is None:
        assert status.current == GOLD
    else:
        floor = status.current.needed_status_points if status.current else -1
        assert status.next == min(
            (level for level in LEVELS if level.needed_status_points > floor), key=lambda x: x.needed_status_points
        )


@pytest.mark.django_db
def test_level_goes_up_at_once():
    account = AccountFactory(program=club(), level="basic")

    book(account, 1000)

    changed, level = recording.calls[0].events
    assert (changed.type, changed.data["statusPoints"]) == ("BALANCE_CHANGED", 1000)
    assert level.data == {"oldLevel": "Basic", "newLevel": "Gold", "direction": "up"}
    assert level_of(account) == "gold"


@pytest.mark.django_db
def test_level_is_held_when_status_points_are_taken():
    account = AccountFactory(program=club(), level="gold", status_points=1000)

    book(account, -600)

    assert recording.types() == ["BALANCE_CHANGED"]
    assert level_of(account) == "gold"


@pytest.mark.django_db
def test_level_goes_down_at_its_end_only():
    account = AccountFactory(program=club(level_validity_months=12), level="basic")
    book(account, 1000)
    book(account, -600)

    early = settle_due_levels(now=datetime(2027, 3, 31, 9, 14, tzinfo=UTC))
    due = settle_due_levels(now=A_YEAR_ON)

    assert (early, due, settle_due_levels(now=A_YEAR_ON)) == (0, 1, 0)
    assert told_levels() == [("Basic", "Gold", "up"), ("Gold", "Silver", "down")]
    account.refresh_from_db()
    assert (account.level, account.level_valid_to) == ("silver", datetime(2028, 3, 31, 9, 15, tzinfo=UTC))


@pytest.mark.django_db
def test_level_earned_again_is_prolonged_silently():
    account = AccountFactory(program=club(level_validity_months=12), level="basic")
    book(account, 1000)

    assert settle_due_levels(now=A_YEAR_ON) == 0

    account.refresh_from_db()
    assert account.level_valid_to == datetime(2028, 3, 31, 9, 15, tzinfo=UTC)
    assert told_levels() == [("Basic", "Gold", "up")]


@pytest.mark.django_db
def test_lowest_level_has_no_end():
    account = AccountFactory(program=club(level_validity_months=1), level="gold", level_valid_to=NOW)

    settle_due_levels(now=NOW)

    account.refresh_from_db()
    assert (account.level, account.level_valid_to) == ("basic", None)


@pytest.mark.django_db
def test_rating_level_counts_until_it_is_removed():
    account = AccountFactory(program=club(), level="basic")
    where = {"program": account.program, "account_id": account.id}

    given_level = set_rating_level(**where, level="GOLD", now=NOW)
    book(account, 300)
    while_set = level_of(account)
    remove_rating_level(**where, now=NOW)
    remove_rating_level(**where, now=NOW)

    assert (given_level.level, while_set, level_of(account)) == (GOLD, "gold", "silver")
    assert told_levels() == [("Basic", "Gold", "up"), ("Gold", "Silver", "down")]
    assert get_rating_level(**where).level is None


@pytest.mark.django_db
def test_rating_level_may_be_below_the_earned_one_and_ends_by_itself():
    account = AccountFactory(program=club(), level="gold", status_points=2000)

    set_rating_level(program=account.program, account_id=account.id, level="Basic", now=NOW, valid_to=A_YEAR_ON)
    account.refresh_from_db()
    shown = status_of(account)
    settle_due_levels(now=A_YEAR_ON)

    assert (shown.current, shown.next, shown.valid_to) == (BASIC, SILVER, A_YEAR_ON)
    assert told_levels() == [("Gold", "Basic", "down"), ("Basic", "Gold", "up")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("level", "valid_to", "code"), [("brass", None, "RATING_LEVEL_UNKNOWN"), ("gold", NOW, "VALIDITY_INVALID")]
)
def test_rating_level_refused(level, valid_to, code):
    account = AccountFactory(program=club(), level="basic")

    with pytest.raises(LoyaltyError) as caught:
        set_rating_level(program=account.program, account_id=account.id, level=level, valid_to=valid_to, now=NOW)

    assert caught.value.code == code
    assert level_of(account) == "basic"


@pytest.mark.django_db
def test_rating_level_gives_the_factor_of_receipts():
    account = AccountFactory(level="basic")
    LevelFactory(program=account.program, slug="basic", name="Basic")
    LevelFactory(program=account.program, slug="gold", name="Gold", needed_status_points=1000, factor=Decimal("1.5"))
    set_rating_level(program=account.program, account_id=account.id, level="gold", now=NOW)

    stored = record_transaction(
        program=account.program, account_id=account.id, receipt=Receipt(amount=Decimal("10.50")), now=NOW
    )

    assert (stored.points, stored.status_points) == (15, 15)


@pytest.mark.django_db
def test_changed_levels_reach_the_accounts_up_at_once_down_later():
    program = club()
    rising = AccountFactory(program=program, level="basic", status_points=500)
    holding = AccountFactory(program=program, level="silver", status_points=320)
    save_levels(program=program, levels=[Level("silver", "Silver", 400)], now=NOW)

    first, second = settle_changed_levels(now=NOW), settle_changed_levels(now=NOW)

    assert (first, second) == (1, 0)
    assert (level_of(rising), level_of(holding)) == ("silver", "silver")
    assert [event.account_id for event in recording.all_events()] == [rising.id]


@pytest.mark.django_db
def test_changed_validity_begins_now_for_levels_held_for_good():
    program = club()
    gold, basic = (AccountFactory(program=program, level=slug, status_points=1000) for slug in ("gold", "basic"))
    Account.objects.filter(id=basic.id).update(status_points=0)
    save_rules(rules=ProgramRules(program=program, level_validity_months=12), now=NOW)

    settle_changed_levels(now=NOW)

    gold.refresh_from_db()
    basic.refresh_from_db()
    assert (gold.level_valid_to, basic.level_valid_to) == (A_YEAR_ON, None)
    assert recording.calls == []


@pytest.mark.django_db
def test_save_levels_adds_and_changes():
    program = ProgramFactory()
    save_levels(program=program, levels=[BASIC, GOLD])

    save_levels(program=program, levels=[SILVER, Level("gold", "Gold", 2000)])

    assert levels_of(program) == [BASIC, SILVER, Level("gold", "Gold", 2000)]


@pytest.mark.django_db
def test_save_levels_same_threshold():
    program = ProgramFactory()
    save_levels(program=program, levels=[BASIC])

    with pytest.raises(LoyaltyError) as caught:
        save_levels(program=program, levels=[Level("start", "Start", 0)])

    assert caught.value.code == "LEVEL_THRESHOLD_TAKEN"
    assert levels_of(program) == [BASIC]
