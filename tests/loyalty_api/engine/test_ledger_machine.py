"""Everything that moves points, in any order, beside a model of a few lines."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from loyalty_api.contract import BookingType, LineItem, LoyaltyError
from loyalty_api.engine.expiry import expire_due
from loyalty_api.engine.identity import account_coupon_id
from loyalty_api.engine.locks import unlock_due
from loyalty_api.engine.models import Account, Booking, PointsLock, ProgramRules
from loyalty_api.engine.months import add_months
from loyalty_api.engine.points import Origin, book_points
from loyalty_api.engine.receipts import Receipt
from loyalty_api.engine.redemptions import redeem_account_coupon
from loyalty_api.engine.transactions import record_transaction
from tests.factories.engine import AccountFactory, CouponFactory
from tests.loyalty_api import recording

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
POINTS, DAYS = st.integers(1, 60), st.integers(1, 40)
REWARD, LOCK_DAYS = 25, 14


class Ledger(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        recording.calls.clear()
        # The model: what can be spent, what is locked until when, and what was bought and not brought back.
        self.free, self.locks, self.bought, self.now, self.active = 0, {}, {}, START, START
        self.account = AccountFactory(last_activity_at=START)
        program = self.account.program
        self.where = {"program": program, "account_id": self.account.id}
        self.reward = CouponFactory(program=program, usage_type="REWARD", value=REWARD, assignation_type="ALL")
        self.rules = ProgramRules.objects.create(
            program=program, lock_days=LOCK_DAYS, expiry_kind="INACTIVITY", expiry_months=1, expiry_warning_days=0
        )

    def teardown(self):
        # So that the next machine's clock moves nothing here.
        self.rules.delete()
        PointsLock.objects.all().delete()

    def spend(self, points, act):
        """The model's one rule about spending, and the engine's answer to it."""
        if points > self.free:
            with pytest.raises(LoyaltyError):
                act()
        else:
            act()
            self.free, self.active = self.free - points, self.now

    def book(self, kind, points, **origin):
        return book_points(
            **self.where, booking_type=kind, type_code="T", points=points, now=self.now, origin=Origin(**origin)
        )

    @rule(points=POINTS)
    def earn(self, points):
        self.book(BookingType.EARN, points)
        self.free, self.active = self.free + points, self.now

    @rule(points=POINTS)
    def burn(self, points):
        self.spend(points, lambda: self.book(BookingType.BURN, points))

    @rule(points=POINTS, days=DAYS)
    def lock(self, points, days):
        booking = self.book(BookingType.EARN, points, locked_until=self.now + timedelta(days=days))
        self.locks[booking.id] = (self.now + timedelta(days=days), points)
        self.active = self.now

    @rule(points=POINTS)
    def buy(self, points):
        stored = record_transaction(**self.where, receipt=Receipt(amount=Decimal(points)), now=self.now)
        self.locks[stored.bookings[0].id] = (self.now + timedelta(days=LOCK_DAYS), points)
        self.bought[stored.id] = (stored.bookings[0].id, points)
        self.active = self.now

    @precondition(lambda self: self.bought)
    @rule(data=st.data(), unsigned=st.booleans())
    def bring_back(self, data, unsigned):
        bought = list(self.bought)[data.draw(st.integers(0, len(self.bought) - 1))]
        booking, points = self.bought.pop(bought)
        amount = Decimal(points if unsigned else -points)
        lines = [LineItem(amount, kind="RETURN")] if unsigned else []
        receipt = Receipt(amount=amount, line_items=lines, original_transaction_id=bought)
        record_transaction(**self.where, receipt=receipt, now=self.now)
        self.free -= 0 if self.locks.pop(booking, None) else points
        self.active = self.now

    @rule()
    def redeem(self):
        pair = account_coupon_id(coupon_id=self.reward.id, account_id=self.account.id)
        self.spend(
            REWARD,
            lambda: redeem_account_coupon(program=self.where["program"], account_coupon_id=pair, now=self.now),
        )

    @rule(days=DAYS)
    def unlock(self, days):
        self.now += timedelta(days=days)
        unlock_due(now=self.now)
        due = [booking for booking, (moment, _points) in self.locks.items() if moment <= self.now]
        self.free += sum(self.locks.pop(booking)[1] for booking in due)

    @rule()
    def expire(self):
        expire_due(now=self.now)
        if self.free > 0 and add_months(self.active, 1) <= self.now:
            self.free = 0

    @invariant()
    def balances_ledger_and_events_agree(self):
        account = Account.objects.get(id=self.account.id)
        locked = sum(points for _moment, points in self.locks.values())
        sums = {
            kind: Booking.objects.filter(account=account, booking_type=kind).aggregate(n=Sum("points"))["n"] or 0
            for kind in BookingType
        }
        told = [event.data for event in recording.all_events() if event.type == "BALANCE_CHANGED"]
        assert (account.points, account.locked_points) == (self.free, locked)
        assert sums[BookingType.EARN] - sums[BookingType.BURN] == self.free + locked
        assert sum(data["delta"] for data in told) == self.free
        if told:
            assert (told[-1]["points"], told[-1]["lockedPoints"]) == (self.free, locked)


@pytest.mark.slow
@pytest.mark.django_db
def test_ledger_machine():
    # Making a counterexample small takes minutes; as it was found, it can be read too.
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            phases=[Phase.generate],
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
