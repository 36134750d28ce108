"""Connected Content: what a message gets to see, and that it always gets something."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from loyalty_api.client.models import LoyaltyPlatform, PlatformKind
from loyalty_api.engine.models import Booking
from tests.factories.engine import AccountFactory, CouponFactory, LevelFactory, MembershipFactory, ProgramFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(program):
    LevelFactory(program=program, slug="basic", name="Basic")
    LevelFactory(program=program, slug="gold", name="Gold", needed_status_points=1_000)
    return AccountFactory(program=program, points=420, locked_points=60, status_points=380, level="basic")


def coupon_for_all(program, **fields):
    return CouponFactory(program=program, assignation_type="ALL", **fields)


def test_profile_says_what_the_contract_lists(caller, program, account):
    MembershipFactory(account=account, created_at=datetime(2026, 1, 15, tzinfo=UTC))
    coupon_for_all(program, usage_type="REWARD", value=500, texts={"en": {"title": "A mug"}})

    answer = caller.get(f"members/{account.id}/profile")

    assert answer.status_code == 200
    found = answer.json()
    assert found.pop("email").endswith("@example.org")
    assert found == {
        "member_id": account.id,
        "first_name": "Ada",
        "last_name": "Rossi",
        "tier_name": "Basic",
        "tier_id": "basic",
        "points_balance": 420,
        "enrollment_date": "2026-01-15",
        "locked_points": 60,
        "status_points": 380,
        "next_tier_name": "Gold",
        "points_to_next_tier": 620,
        "next_reward_title": "A mug",
        "points_to_next_reward": 80,
    }


def test_profile_of_an_anonymous_account_has_nulls(caller, account):
    found = caller.get(f"members/{account.id}/profile").json()

    assert [found[name] for name in ("first_name", "last_name", "email", "next_reward_title")] == [None] * 4
    assert found["points_balance"] == 420


@pytest.mark.parametrize("what", ["profile", "coupons", "ledger"])
def test_unknown_member_is_200_member_not_found(caller, what):
    strangers = AccountFactory(program=ProgramFactory())

    for account_id in ("nobody", strangers.id, "%7B%7Bx%7D%7D", "x" * 300, "%00"):
        answer = caller.get(f"members/{account_id}/{what}")
        assert (answer.status_code, answer.json()) == (200, {"error": "member_not_found"})


@pytest.mark.parametrize("what", ["profile", "coupons", "ledger"])
def test_platform_that_fails_is_200_internal_error_or_503_on_request(caller, program, what):
    LoyaltyPlatform.objects.create(program=program, kind=PlatformKind.REMOTE, url="https://example.org")

    answer = caller.get(f"members/a-1/{what}")
    retry = caller.get(f"members/a-1/{what}?on_error=503")

    assert (answer.status_code, answer.json()) == (200, {"error": "internal_error"})
    assert (retry.status_code, retry.json()) == (503, {"error": "internal_error"})
    assert int(retry["Retry-After"]) > 0


def test_coupons_are_those_that_can_be_redeemed_now(caller, program, account):
    now = timezone.now()
    shown = coupon_for_all(program, external_code="SUMMER20", valid_to=now + timedelta(days=1))
    coupon_for_all(program, status="PAUSED")
    coupon_for_all(program, valid_to=now - timedelta(days=1))
    coupon_for_all(program, valid_from=now + timedelta(days=1))
    CouponFactory(program=program)
    CouponFactory(assignation_type="ALL")

    (found,) = caller.get(f"members/{account.id}/coupons").json()["coupons"]

    assert found == {
        "coupon_id": shown.id,
        "account_coupon_id": found["account_coupon_id"],
        "code": "SUMMER20",
        "title": "20 % off",
        "description": "One item",
        "status": "ACTIVE",
        "value": 20,
        "usage_type": "DISCOUNT",
        "valid_from": None,
        "valid_to": shown.valid_to.isoformat(),
        "image_url": None,
    }


@pytest.mark.parametrize(
    ("query", "languages", "title"),
    [
        ("", ("en", "de"), "en"),
        ("?lang=de", ("en", "de"), "de"),
        ("?lang=de-AT", ("en", "de"), "de"),
        ("?lang=de-AT", ("en", "de", "de-AT"), "de-AT"),
        ("?lang=it", ("en", "de"), "en"),
        ("?lang=it", ("de", "fr"), "de"),
        ("?lang=it", ("fr",), "fr"),
        ("?lang=%F0%9F%A6%8A", ("en",), "en"),
        ("?lang=de", (), ""),
    ],
)
def test_coupons_speak_the_nearest_language(caller, program, account, query, languages, title):
    program.language = "de"
    program.save()
    coupon_for_all(program, texts={language: {"title": language} for language in languages})

    (found,) = caller.get(f"members/{account.id}/coupons{query}").json()["coupons"]

    assert found["title"] == title


def test_coupons_on_request_include_what_only_lacks_activation(caller, program, account):
    waiting = coupon_for_all(program, activatable=True)

    plain = caller.get(f"members/{account.id}/coupons").json()["coupons"]
    found = caller.get(f"members/{account.id}/coupons?include=activatable").json()["coupons"]

    assert plain == []
    assert [(item["coupon_id"], item["status"]) for item in found] == [(waiting.id, "NOT_ACTIVATED")]


def test_ledger_is_newest_first_and_as_long_as_asked(caller, program, account):
    moments = [datetime(2026, 3, day, tzinfo=UTC) for day in range(1, 4)]
    for moment in moments:
        Booking.objects.create(
            program=program,
            account=account,
            booking_type="EARNBOOKING",
            type_code="X",
            points=moment.day,
            reason="Because",
            booked_at=moment,
        )

    found = caller.get(f"members/{account.id}/ledger?limit=2").json()["bookings"]

    assert [item["points"] for item in found] == [3, 2]
    assert found[0] == {
        "booking_id": found[0]["booking_id"],
        "booking_type": "EARNBOOKING",
        "booking_type_code": "X",
        "points": 3,
        "reason": "Because",
        "booked_at": "2026-03-03T00:00:00+00:00",
    }


@pytest.mark.parametrize("query", ["limit=0", "limit=51", "limit=x"])
def test_query_that_cannot_be_used_is_still_200(caller, account, query):
    answer = caller.get(f"members/{account.id}/ledger?{query}")

    assert (answer.status_code, answer.json()["error"]) == (200, "validation_failed")


@pytest.mark.parametrize("what", ["profile", "coupons", "ledger"])
@pytest.mark.parametrize("count", [1, 12])
def test_reading_asks_the_database_equally_often(caller, program, account, what, count, django_assert_max_num_queries):
    for number in range(count):
        coupon_for_all(program, usage_type="REWARD", value=500 + number)
        MembershipFactory(account=account, role="COOWNER")
    caller.get(f"members/{account.id}/{what}")

    with django_assert_max_num_queries(5):
        caller.get(f"members/{account.id}/{what}")


@pytest.mark.parametrize("asked", ["DE", "de_AT", "de-at", "De-CH"])
def test_language_is_found_in_any_spelling(caller, asked):
    account = AccountFactory(program=caller.program)
    texts = {"en": {"title": "In English"}, "de": {"title": "Auf Deutsch"}}
    CouponFactory(program=caller.program, assignation_type="ALL", texts=texts)

    (found,) = caller.get(f"members/{account.id}/coupons?lang={asked}").json()["coupons"]

    assert found["title"] == "Auf Deutsch"


def test_regional_language_of_a_coupon_is_found_in_another_spelling(caller):
    account = AccountFactory(program=caller.program)
    texts = {"en": {"title": "In English"}, "pt-BR": {"title": "Em português"}}
    CouponFactory(program=caller.program, assignation_type="ALL", texts=texts)

    (found,) = caller.get(f"members/{account.id}/coupons?lang=pt_br").json()["coupons"]

    assert found["title"] == "Em português"
