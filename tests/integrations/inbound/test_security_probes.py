"""Probes of the doors: what belongs to another program, what must not be set, and what must not be told."""

import json
import uuid

import pytest
from django.db import connection as database
from django.test import Client
from django.utils import timezone

from integrations.braze.batches import work_off
from integrations.braze.models import CouponBatch
from integrations.connections.models import Connection
from integrations.inbound.description import DOCUMENT
from integrations.keys.models import Scope
from loyalty_api.api.tokens import issue_token
from loyalty_api.engine.coupon_models import AccountCoupon
from loyalty_api.engine.models import Account, ApiUser, Booking
from loyalty_api.engine.search_words import refresh_words
from selfservice.apidocs.documents import document_of
from tests.factories.connection import braze_form, connect_braze, key_for
from tests.factories.engine import AccountFactory, CouponFactory, MembershipFactory, ProgramFactory
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db
BOOKING = {"booking_type": "EARNBOOKING", "booking_type_code": "X", "points": 5}
FILLED = {"accountId": "a-1", "couponId": "c-1", "batchId": str(uuid.uuid4())}
MODEL_FIELDS = sorted({field.name for model in (Account, Booking, AccountCoupon) for field in model._meta.fields})


@pytest.fixture
def other():
    return ProgramFactory()


@pytest.fixture
def foreign(other):
    """A member of another program, with a coupon and a booking."""
    account = AccountFactory(program=other, points=77)
    MembershipFactory(account=account, user__email_address="foreign@example.org")
    return account


def every_path():
    paths = document_of(DOCUMENT)["paths"]
    return sorted(path.partition("{programId}/")[2].format(**FILLED) for path in paths)


def test_s01_key_of_another_program_is_as_unknown_as_the_program(caller, other):
    key, paths = key_for(other), every_path()
    assert len(paths) >= 9

    for path in paths:
        for method in ("GET", "POST", "PUT", "DELETE"):
            found = caller.call(method, path, b"{}", key=key)
            nowhere = caller.call(method, path, b"{}", key=key, code="nowhere")
            assert (found.status_code, found.content) == (nowhere.status_code, nowhere.content)
            assert found.status_code == 401


def test_s02_ids_of_another_program_are_as_unknown_as_made_up_ones(caller, foreign, other):
    coupon = CouponFactory(program=other)
    mine, my_coupon = AccountFactory(program=caller.program), CouponFactory(program=caller.program)
    batch = CouponBatch.objects.create(program=other, coupon_id=coupon.id)

    pairs = [
        [caller.get(f"members/{each}/{what}") for each in (foreign.id, "made-up")]
        for what in ("profile", "coupons", "ledger")
    ]
    pairs += [[caller.post(f"members/{each}/bookings", BOOKING) for each in (foreign.id, "made-up")]]
    pairs += [[caller.post(f"campaigns/{each}/assign", {"account_id": mine.id}) for each in (coupon.id, "made-up")]]
    pairs += [
        [caller.post(f"campaigns/{my_coupon.id}/assign", {"account_id": each}) for each in (foreign.id, "made-up")]
    ]
    pairs += [
        [
            caller.post("subscriptions/email", {"account_id": each, "status": "allowed", "optins": ["newsletter"]})
            for each in (foreign.id, "made-up")
        ]
    ]
    pairs += [[caller.get(f"campaigns/batches/{each}") for each in (batch.pk, uuid.uuid4())]]
    for real, made_up in pairs:
        assert (real.status_code, without_number(real)) == (made_up.status_code, without_number(made_up))
        assert "foreign@example.org" not in real.content.decode()
    foreign.refresh_from_db()
    assert (foreign.points, Booking.objects.count(), AccountCoupon.objects.count()) == (77, 0, 0)


def without_number(answer):
    return {name: value for name, value in answer.json().items() if name != "request_id"}


def test_s02_key_of_another_program_is_not_found_on_a_card(client, program, other):
    key_for(other)
    prefix = other.api_keys.get().prefix
    sign_in(client, person(program=program))

    for method in (client.get, client.post):
        assert method(f"/programs/{program.code}/integrations/braze/keys/{prefix}/revoke").status_code == 404
    assert prefix not in client.get(f"/programs/{program.code}/integrations/braze").text
    assert other.api_keys.get().revoked_at is None


@pytest.mark.slow
def test_s03_foreign_member_among_500_is_an_error_of_that_item_alone(caller, foreign):
    coupon = CouponFactory(program=caller.program)
    mine = [AccountFactory(program=caller.program).id for _ in range(20)]
    ids = [*mine[:10], foreign.id, *(f"made-up-{number}" for number in range(479)), *mine[10:]]

    started = caller.post(f"campaigns/{coupon.id}/assign/batch", {"account_ids": ids}).json()
    work_off(batch_id=started["batchId"])

    found = caller.get(f"campaigns/batches/{started['batchId']}").json()
    results = {item["account_id"]: item for item in found["results"]}
    assert (found["total"], found["succeeded"], found["failed"]) == (500, 20, 480)
    errors = [{**results[each], "account_id": ""} for each in (foreign.id, "made-up-1")]
    assert errors[0] == errors[1]
    assert not AccountCoupon.objects.filter(account=foreign).exists()


def test_s04_search_of_one_organisation_never_finds_members_of_another(client, foreign, program):
    refresh_words([foreign])
    found = {each.org: search(client, each) for each in (program, foreign.program)}

    assert foreign.id in found[foreign.program.org]
    assert foreign.id not in found[program.org]


def search(client, program):
    now = timezone.now()
    ApiUser.objects.create(org=program.org, user_name="till", password="!", created_at=now)
    token = issue_token(org=program.org, user_name="till", programs=[program.code], now=now)
    body = {"searchTerm": "foreign@example.org", "type": "ACCOUNT"}
    answer = client.post("/loyalty/search", body, content_type="application/json", headers={"Authorization": token})
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


@pytest.mark.parametrize("field", MODEL_FIELDS)
def test_s10_no_field_of_a_model_can_be_set_by_a_body(caller, field):
    account = AccountFactory(program=caller.program)
    MembershipFactory(account=account)
    coupon = CouponFactory(program=caller.program)
    calls = {
        f"members/{account.id}/bookings": BOOKING,
        f"campaigns/{coupon.id}/assign": {"account_id": account.id},
        f"campaigns/{coupon.id}/assign/batch": {"account_ids": [account.id]},
        "subscriptions/email": {"account_id": account.id, "status": "allowed", "optins": ["newsletter"]},
    }
    known = {"points", "reason", "booking_type", "valid_from", "valid_to", "account_id"}

    for path, body in calls.items():
        if field not in known:
            answer = caller.post(path, {**body, field: "1"})
            assert (answer.status_code, set(answer.json()["fields"])) == (400, {field})
    assert (Booking.objects.count(), AccountCoupon.objects.count()) == (0, 0)


def test_s10_form_of_the_card_sets_nothing_but_its_fields(client, program, other):
    saved = connect_braze(program)
    sign_in(client, person(program=program))
    fields = {field.name for field in Connection._meta.fields}
    extra = dict.fromkeys(fields | {f"{name}_id" for name in fields}, str(other.pk))

    client.post(f"/programs/{program.code}/integrations/braze", {**braze_form(program).data, "apiKey": "", **extra})

    after = Connection.objects.get(pk=saved.pk)
    assert (after.program, after.kind, after.failures, after.paused_at) == (program, "braze", 0, None)
    assert Connection.objects.count() == 1


def test_s20_coupon_of_another_program_is_assigned_to_nobody(caller, other):
    account, coupon = AccountFactory(program=caller.program), CouponFactory(program=other)

    for path in (f"campaigns/{coupon.id}/assign", f"campaigns/{coupon.id}/assign/batch"):
        ids = {"account_id": account.id} if path.endswith("assign") else {"account_ids": [account.id]}
        answer = caller.post(path, ids)
        assert (answer.status_code, answer.json()["error"]) == (400, "coupon_not_found")
    assert not CouponBatch.objects.exists()


def test_s28_error_of_ours_tells_nobody_how(caller, program, client):
    """The account's table is gone: nothing that anybody expects."""
    client.raise_request_exception = False
    account = AccountFactory(program=program)
    sign_in(client, person(program=program))
    with database.cursor() as cursor:
        cursor.execute("ALTER TABLE engine_account RENAME TO engine_account_gone")
        cursor.execute("SAVEPOINT before")
        written = caller.post(f"members/{account.id}/bookings", BOOKING)
        cursor.execute("ROLLBACK TO SAVEPOINT before")
        read = caller.get(f"members/{account.id}/profile")
        cursor.execute("ROLLBACK TO SAVEPOINT before")

    assert (written.status_code, written.json()["error"]) == (500, "internal_error")
    assert (read.status_code, read.json()) == (200, {"error": "internal_error"})
    for answer in (written, read):
        told = json.dumps(answer.json())
        assert not any(word in told for word in ("engine_account", "Traceback", "relation", "File "))


def test_s11_scopes_and_fields_are_those_of_the_contract(caller):
    account = AccountFactory(program=caller.program)
    CouponFactory(program=caller.program, assignation_type="ALL")
    caller.post(f"members/{account.id}/bookings", BOOKING)

    profile = caller.get(f"members/{account.id}/profile").json()
    [coupon] = caller.get(f"members/{account.id}/coupons").json()["coupons"]
    [booking] = caller.get(f"members/{account.id}/ledger").json()["bookings"]

    assert sorted(profile) == sorted(
        [
            "member_id",
            "first_name",
            "last_name",
            "email",
            "tier_name",
            "tier_id",
            "points_balance",
            "enrollment_date",
            "locked_points",
            "status_points",
            "next_tier_name",
            "points_to_next_tier",
            "next_reward_title",
            "points_to_next_reward",
        ]
    )
    assert sorted(coupon) == sorted(
        [
            "coupon_id",
            "account_coupon_id",
            "code",
            "title",
            "description",
            "status",
            "value",
            "usage_type",
            "valid_from",
            "valid_to",
            "image_url",
        ]
    )
    assert sorted(booking) == sorted(
        ["booking_id", "booking_type", "booking_type_code", "points", "reason", "booked_at"]
    )
    assert set(Scope.values) == {"profile", "coupons", "assign", "book", "subscriptions", "events"}


def test_s28_no_address_of_the_doors_says_how_it_is_made():
    answer = Client().get("/v1/programs/club/x", headers={"Accept": "text/html"})

    assert answer["Content-Type"] == "application/json"
    assert "urlconf" not in answer.content.decode().lower()
