"""Both clients against the same cases, and against each other over real HTTP."""

from datetime import timedelta

import pytest
from django.utils import timezone

from loyalty_api.client.embedded import EmbeddedClient
from loyalty_api.client.http import profiles
from loyalty_api.contract import BookingType, LoyaltyError
from loyalty_api.engine import points
from loyalty_api.engine.logins import save_api_user
from loyalty_api.engine.models import Coupon, PointsExpiry, ProgramRules
from loyalty_api.engine.points import Origin
from tests.contracts.loyalty_client import CALLS, LoyaltyClientCases, assign, book, on_the_wire, state
from tests.factories.engine import (
    LONG_AGO,
    CouponFactory,
    InteractionPointFactory,
    LevelFactory,
    MembershipFactory,
    StoreFactory,
)
from tests.loyalty_api.client import remote


@pytest.fixture
def membership(request):
    request.getfixturevalue(getattr(request.cls, "database", "transactional_db"))
    return MembershipFactory(user__birth_date="1990-05-04", user__city="Köln", user__custom_properties={"size": 38})


@pytest.fixture
def http_client(membership, live_server, settings):
    program = membership.account.program
    save_api_user(org=program.org, user_name="bot", password="pass-word-1", now=LONG_AGO)
    remote.allow(settings, live_server.url)
    return remote.client_of(program, f"{live_server.url}/loyalty")


class TestEmbedded(LoyaltyClientCases):
    database = "db"

    @pytest.fixture
    def client(self, membership):
        return EmbeddedClient(membership.account.program)


@pytest.mark.slow
class TestHttp(LoyaltyClientCases):
    @pytest.fixture
    def client(self, http_client):
        return http_client


@pytest.mark.slow
class TestHttpWithoutDetails(TestHttp):
    """The profile put together from single calls."""

    @pytest.fixture
    def client(self, http_client):
        base_url = http_client.platform.transport.login.base_url
        profiles.WITHOUT_DETAILS.put((base_url,), True)
        return http_client


@pytest.fixture
def both(http_client, membership):
    """A member with a history, as both clients see them."""
    program, account_id = membership.account.program, membership.account_id
    LevelFactory(program=program, slug="silver", name="Silver", needed_status_points=0)
    LevelFactory(program=program, slug="gold", name="Gold", needed_status_points=1000)
    type(membership.account).objects.filter(id=account_id).update(level="silver")
    embedded = EmbeddedClient(program)
    book(embedded, account_id, 100)
    store = StoreFactory(partner__program=program)
    till = InteractionPointFactory(program=program, partner=store.partner, store=store)
    locked = Origin(
        locked_until=timezone.now() + timedelta(days=3),
        value_at=LONG_AGO,
        external_id="x-1",
        interaction_id=till.code,
    )
    points.book_points(
        program=program,
        account_id=account_id,
        booking_type=BookingType.EARN,
        type_code="TRX",
        points=30,
        now=timezone.now(),
        origin=locked,
    )
    CouponFactory(program=program, usage_type="REWARD", value=300, assignation_type="ALL", activatable=False)
    CouponFactory(program=program, usage_type="MULTIPLIER", value=2, assignation_type="ALL", activatable=True)
    assign(embedded, account_id, CouponFactory(program=program, external_code="X-1").id)
    embedded.set_optins(account_id=account_id, membership_id=membership.id, channels=["Post"], flag=False)
    return embedded, http_client


READS = {name: CALLS[name] for name in ("profile", "state", "coupons", "bookings", "memberships")}


@pytest.mark.slow
@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_equal_answers(both, membership, read):
    embedded, http = both

    assert read(http, membership.account_id) == on_the_wire(read(embedded, membership.account_id))


@pytest.mark.slow
def test_equal_state_with_a_warning(both, membership):
    embedded, http = both
    program = membership.account.program
    ProgramRules.objects.create(program=program, expiry_kind="FIXED_DATE", expiry_day="12-31")
    PointsExpiry.objects.create(
        account=membership.account, points=40, due_date=LONG_AGO.date(), expires_at=LONG_AGO, warned_at=LONG_AGO
    )

    found = state(http, membership.account_id)

    assert found == state(embedded, membership.account_id)
    assert found[1].data["expiringPoints"] == 40


@pytest.mark.slow
def test_equal_coupons(both):
    embedded, http = both

    for coupon in Coupon.objects.all():
        assert http.coupon(coupon_id=coupon.id) == on_the_wire(embedded.coupon(coupon_id=coupon.id))


@pytest.mark.slow
def test_equal_profile_without_details(both, membership):
    embedded, http = both
    profiles.WITHOUT_DETAILS.put((http.platform.transport.login.base_url,), True)

    found = http.profile(account_id=membership.account_id)

    assert found == on_the_wire(embedded.profile(account_id=membership.account_id))


@pytest.mark.slow
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_equal_errors(both, call):
    errors = []
    for client in both:
        with pytest.raises(LoyaltyError) as caught:
            call(client, "nobody")
        errors.append((type(caught.value), caught.value.code, caught.value.message, caught.value.detail))

    assert errors[0] == errors[1]


def _more_than_there_is(client, membership, coupon):
    return book(client, membership.account_id, 1_000_000, BookingType.BURN)


def _on_a_locked_account(client, membership, coupon):
    type(membership.account).objects.filter(id=membership.account_id).update(status="LOCKED")
    return book(client, membership.account_id, 1)


def _window_in_disorder(client, membership, coupon):
    return assign(client, membership.account_id, coupon.id, LONG_AGO + timedelta(days=1), LONG_AGO)


def _unknown_channel(client, membership, coupon):
    ids = {"account_id": membership.account_id, "membership_id": membership.id}
    return client.set_optins(**ids, channels=["fax"], flag=True)


REFUSED = {
    "INSUFFICIENT_POINTS": _more_than_there_is,
    "ACCOUNT_LOCKED": _on_a_locked_account,
    "VALIDITY_INVALID": _window_in_disorder,
    "OPTIN_UNKNOWN": _unknown_channel,
}


@pytest.mark.slow
@pytest.mark.parametrize(("code", "call"), REFUSED.items(), ids=REFUSED)
def test_equal_refusals(both, membership, code, call):
    coupon = CouponFactory(program=membership.account.program)
    errors = []
    for client in both:
        with pytest.raises(LoyaltyError) as caught:
            call(client, membership, coupon)
        errors.append((type(caught.value), caught.value.code, caught.value.message, caught.value.detail))

    assert errors[0] == errors[1]
    assert errors[0][1] == code
    assert errors[0][2]
