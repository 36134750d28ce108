import pytest

from loyalty_api.client.factory import client_for
from loyalty_api.client.http.client import HttpClient
from loyalty_api.client.models import LoyaltyPlatform
from loyalty_api.contract import BookingType, LoyaltyError, NotFound, Optin
from tests.factories.engine import CouponFactory, MembershipFactory, ProgramFactory
from tests.loyalty_api import recording

pytestmark = pytest.mark.django_db


@pytest.fixture
def membership():
    return MembershipFactory()


@pytest.fixture
def client(membership):
    return client_for(membership.account.program)


def book(client, account_id, points, booking_type=BookingType.EARN):
    return client.book_points(
        account_id=account_id,
        booking_type=booking_type,
        booking_type_code="BDAY",
        points=points,
        reason="Birthday",
        campaign_id="c-1",
    )


def test_book_points_shows_in_profile_and_bookings(client, membership):
    booking = book(client, membership.account_id, 50)

    assert client.profile(account_id=membership.account_id).balance.points == 50
    assert client.bookings(account_id=membership.account_id, limit=10) == [booking]
    assert recording.all_events()[0].data["brazeCampaignId"] == "c-1"


def test_book_points_refused(client, membership):
    with pytest.raises(LoyaltyError) as caught:
        book(client, membership.account_id, 1, BookingType.BURN)

    assert caught.value.code == "INSUFFICIENT_POINTS"


def test_assign_coupon_shows_in_redeemable_coupons(client, membership):
    coupon = CouponFactory(program=membership.account.program)

    assigned = client.assign_coupon(
        account_id=membership.account_id, coupon_id=coupon.id, valid_from=None, valid_to=None, campaign_id=""
    )

    assert client.redeemable_coupons(account_id=membership.account_id, include_activatable=False) == [assigned]


def test_set_optins_shows_in_memberships(client, membership):
    client.set_optins(
        account_id=membership.account_id, membership_id=membership.id, channels=["Newsletter", "Post"], flag=True
    )

    [found] = client.memberships(account_id=membership.account_id)
    assert found.optins == (Optin("Post", True), Optin("newsletter", True))


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.profile(account_id="nobody"),
        lambda client: client.redeemable_coupons(account_id="nobody", include_activatable=True),
        lambda client: client.bookings(account_id="nobody", limit=5),
        lambda client: client.memberships(account_id="nobody"),
        lambda client: book(client, "nobody", 1),
        lambda client: client.set_optins(account_id="nobody", membership_id="m", channels=["Post"], flag=True),
    ],
)
def test_unknown_account(client, call):
    with pytest.raises(NotFound) as caught:
        call(client)

    assert caught.value.code == "ACCOUNT_NOT_FOUND"


def test_client_for_remote_platform():
    program = ProgramFactory()
    LoyaltyPlatform.objects.create(program=program, kind="remote", url="https://api.example.org/")

    client = client_for(program, budget_seconds=1.2)

    assert isinstance(client, HttpClient)
    assert client.budget_seconds == 1.2
    assert client.platform.transport.login.base_url == "https://api.example.org"
