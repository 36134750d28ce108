from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty_api.contract import BookingType, NotFound
from loyalty_api.engine.models import Account, Booking
from loyalty_api.engine.points import Order, Origin, book_series
from tests.factories.engine import AccountFactory, MembershipFactory
from tests.loyalty_api import recording

NOW = datetime(2026, 3, 2, 9, 15, 2, 114000, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def order(points, booking_type=BookingType.EARN, *, minute=0, **origin):
    return Order(booking_type, "BDAY", points, NOW + timedelta(minutes=minute), Origin(**origin))


def series(account, *orders):
    refused = book_series(program=account.program, account_id=account.id, orders=orders)
    return [error.code if error else None for error in refused]


def test_series_is_booked_in_order_and_told_line_by_line():
    account = MembershipFactory().account

    refused = series(account, order(100), order(30, BookingType.BURN, minute=1))

    assert refused == [None, None]
    stored = Account.objects.get(id=account.id)
    assert (stored.points, stored.last_activity_at) == (70, NOW + timedelta(minutes=1))
    [call] = recording.calls
    assert [event.data["points"] for event in call.events] == [100, 70]
    assert [event.occurred_at for event in call.events] == [NOW, NOW + timedelta(minutes=1)]


def test_series_goes_on_behind_what_is_refused():
    account = AccountFactory()

    refused = series(
        account,
        order(10, external_id="x-1"),
        order(99, BookingType.BURN),
        order(5, external_id="x-1", minute=9),
        order(0),
        order(7),
    )

    assert refused == [None, "INSUFFICIENT_POINTS", "EXTERNAL_ID_EXISTS", "POINTS_INVALID", None]
    stored = Account.objects.get(id=account.id)
    assert (stored.points, stored.last_activity_at) == (17, NOW)
    assert Booking.objects.count() == 2


def test_series_on_an_unknown_account_is_refused():
    account = AccountFactory()
    account.id = "unknown"

    with pytest.raises(NotFound):
        series(account, order(1))


def test_series_writes_the_account_once():
    account = MembershipFactory().account

    with CaptureQueriesContext(connection) as captured:
        series(account, *[order(5) for _line in range(4)])

    assert sum("UPDATE engine_account" in query["sql"] for query in captured) == 1
