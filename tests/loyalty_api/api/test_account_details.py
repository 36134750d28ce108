import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty_api.engine.models import AccountCoupon, PointsExpiry
from tests.factories.engine import (
    LONG_AGO,
    AccountFactory,
    CouponFactory,
    IdentifierFactory,
    InteractionPointFactory,
    LevelFactory,
    MembershipFactory,
    UserFactory,
)


@pytest.fixture
def account(caller):
    for points, slug in [(0, "basic"), (1000, "gold")]:
        LevelFactory(program=caller.program, slug=slug, name=slug.title(), needed_status_points=points)
    account = AccountFactory(
        program=caller.program,
        points=420,
        locked_points=60,
        status_points=380,
        level="basic",
        custom_properties={"shoe size": 44},
    )
    user = UserFactory(org=caller.program.org, birth_date="1990-05-01", custom_properties={"pet": "cat"})
    MembershipFactory(account=account, user=user, optins={"newsletter": True})
    IdentifierFactory(account=account, code="V1W2X3", display_code="V1 W2 X3")
    coupon = CouponFactory(program=caller.program)
    AccountCoupon.objects.create(account=account, coupon=coupon, assignments=1)
    return account


@pytest.mark.parametrize("version", ["", "/v3"])
def test_account_details(caller, account, version):
    details = caller.get(f"{version}/accountdetails/{account.id}").json()

    assert (details["accountId"], details["status"], details["ratingLevel"]) == (account.id, "ACTIVE", None)
    assert details["accountBalance"] == {"points": 420, "lockedPoints": 60, "statusPoints": 380}
    assert details["level"] == caller.get(f"/accounts/{account.id}/level").json()
    assert details["identifiers"] == caller.get(f"/accounts/{account.id}/identifiers").json()
    assert details["accountCoupons"] == caller.get(f"/v2/accounts/{account.id}/accountcoupons").json()
    [membership] = caller.get(f"/accounts/{account.id}/memberships").json()
    user = caller.get(f"/users/{membership['userId']}").json()
    assert details["memberships"] == [user | membership]
    assert [(each["name"], each["value"]) for each in details["customProperties"]] == [("shoe size", 44)]
    assert details["expiringPoints"] is None


def test_account_details_by_card(caller, account):
    details = caller.get("/v3/accountdetails/V1W2X3", **{"id-type": "CARDCODE"}).json()

    assert details["accountId"] == account.id


def test_account_details_of_an_anonymous_account(caller):
    account = AccountFactory(program=caller.program)

    details = caller.get(f"/v3/accountdetails/{account.id}").json()

    assert (details["memberships"], details["identifiers"], details["accountCoupons"]) == ([], [], [])


def test_account_details_warn_of_what_expires(caller, account):
    PointsExpiry.objects.create(
        account=account, points=500, due_date=LONG_AGO.date(), expires_at=LONG_AGO, warned_at=LONG_AGO
    )

    details = caller.get(f"/v3/accountdetails/{account.id}").json()

    assert details["expiringPoints"] == {"points": 420, "expiresAt": "2026-01-15T08:30:00.000Z"}


def test_account_details_read_in_three_statements(caller, account):
    InteractionPointFactory(program=caller.program, code="till")
    MembershipFactory(account=account, role="COOWNER")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = caller.get(f"/v3/accountdetails/{account.id}", **{"interaction-id": "till"})

    assert answer.status_code == 200
    # The third is the one that knows who calls.
    assert len(queries) <= 3


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"id-type": "PASSPORT"}, 400, "ID_TYPE_UNKNOWN"),
        ({"id-type": "CARDCODE"}, 404, "ACCOUNT_NOT_FOUND"),
        ({"interaction-id": "nowhere"}, 400, "INTERACTION_POINT_UNKNOWN"),
    ],
)
def test_account_details_refused(caller, account, headers, status, code):
    answer = caller.get(f"/v3/accountdetails/{account.id}", **headers)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_account_details_of_another_org(caller):
    assert caller.get(f"/accountdetails/{AccountFactory().id}").status_code == 404
