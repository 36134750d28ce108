from datetime import UTC, date, datetime, timedelta

import pytest

from loyalty_api.contract import Level, NotFound
from loyalty_api.engine.profiles import member_profile
from tests.factories.engine import AccountFactory, CouponFactory, LevelFactory, MembershipFactory, ProgramFactory

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def read(account):
    return member_profile(program=account.program, account_id=account.id, now=NOW)


def test_member_profile_of_an_owner():
    account = AccountFactory(points=420, locked_points=60, status_points=1380, level="gold")
    MembershipFactory(account=account, role="COOWNER", created_at=datetime(2025, 1, 1, tzinfo=UTC))
    owner = MembershipFactory(
        account=account,
        user__birth_date="1990-05-01",
        user__custom_properties={"size": "M"},
        created_at=datetime(2026, 2, 1, tzinfo=UTC),
    )
    LevelFactory(program=account.program, slug="gold", name="Gold", needed_status_points=1000)
    LevelFactory(program=account.program, slug="black", name="Black", needed_status_points=5000)

    profile = read(account)

    assert (profile.account.id, profile.account.program, profile.account.status) == (
        account.id,
        account.program.code,
        "ACTIVE",
    )
    assert (profile.balance.points, profile.balance.locked_points, profile.balance.status_points) == (420, 60, 1380)
    assert (profile.level, profile.next_level) == (Level("gold", "Gold", 1000), Level("black", "Black", 5000))
    assert profile.owner is not None
    assert (profile.owner.id, profile.owner.given_name) == (owner.user_id, "Ada")
    assert (profile.owner.birth_date, profile.owner.custom_properties) == (date(1990, 5, 1), {"size": "M"})
    assert profile.enrolled_on == date(2026, 2, 1)


def test_member_profile_without_owner_shows_the_oldest_member():
    newer = MembershipFactory(role="COOWNER", created_at=NOW)
    older = MembershipFactory(account=newer.account, role="COLLECTOR")

    profile = read(newer.account)

    assert profile.owner is not None
    assert profile.owner.id == older.user_id


def test_member_profile_anonymous():
    account = AccountFactory()

    profile = read(account)

    assert (profile.owner, profile.level, profile.next_level) == (None, None, None)
    assert profile.enrolled_on == account.created_at.date()
    assert (profile.next_reward_title, profile.points_to_next_reward) == (None, None)


def test_member_profile_enrolled_on_is_in_the_programs_zone():
    late = datetime(2026, 2, 1, 23, 30, tzinfo=UTC)
    account = AccountFactory(program__timezone="Europe/Berlin", created_at=late)

    assert read(account).enrolled_on == date(2026, 2, 2)


def test_member_profile_next_reward_is_the_cheapest_above_the_balance():
    account = AccountFactory(points=100, program__language="de")
    reward = {"program": account.program, "usage_type": "REWARD", "assignation_type": "ALL"}
    CouponFactory(**reward, value=100)
    CouponFactory(**reward, value=900)
    CouponFactory(**reward, value=250, texts={"en": {"title": "Coffee"}, "de": {"title": "Kaffee"}})
    CouponFactory(**reward, value=150, valid_to=NOW - timedelta(days=1))
    CouponFactory(**(reward | {"usage_type": "DISCOUNT"}), value=160)
    CouponFactory(**(reward | {"assignation_type": "INDIVIDUAL"}), value=170)

    profile = read(account)

    assert (profile.next_reward_title, profile.points_to_next_reward) == ("Kaffee", 150)


@pytest.mark.parametrize(
    ("texts", "title"), [({"en": {"title": "Coffee"}}, "Coffee"), ({"fr": {"title": "Café"}}, "Café"), ({}, "Named")]
)
def test_member_profile_reward_title_falls_back(texts, title):
    account = AccountFactory(program__language="de")
    CouponFactory(
        program=account.program, usage_type="REWARD", assignation_type="ALL", value=5, name="Named", texts=texts
    )

    assert read(account).next_reward_title == title


def test_member_profile_of_another_program():
    account = AccountFactory()

    with pytest.raises(NotFound) as caught:
        member_profile(program=ProgramFactory(), account_id=account.id, now=NOW)

    assert caught.value.code == "ACCOUNT_NOT_FOUND"


def test_member_profile_queries(django_assert_num_queries):
    account = MembershipFactory().account
    LevelFactory(program=account.program)
    CouponFactory(program=account.program, usage_type="REWARD", assignation_type="ALL")

    with django_assert_num_queries(2):
        read(account)
