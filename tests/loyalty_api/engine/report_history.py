"""A random history of a program: everything that reports count, in any order, by the engine's own functions."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from loyalty_api.client.importing import members as import_of_members
from loyalty_api.client.importing.tables import Row
from loyalty_api.contract import BookingType, LoyaltyError
from loyalty_api.engine import accounts, closing, erasing, members, points, report_counts, status_points
from loyalty_api.engine.expiry import expire_due
from loyalty_api.engine.level_runs import settle_due_levels
from loyalty_api.engine.locks import unlock_due
from loyalty_api.engine.merging import merge_accounts
from loyalty_api.engine.models import Account, Booking, Membership, ProgramRules
from loyalty_api.engine.points import Origin
from loyalty_api.engine.receipts import Receipt
from loyalty_api.engine.transactions import incentivate, record_anonymous, record_transaction
from tests.factories.engine import InteractionPointFactory, LevelFactory, PartnerFactory, ProgramFactory

START = datetime(2025, 10, 20, 9, 15, tzinfo=UTC)
ZONE = "Asia/Kathmandu"


class History:
    """`left` and `moved` count what no row tells afterwards."""

    def __init__(self, seed, *, is_folding=True):
        self.chance, self.now, self.is_folding = random.Random(seed), START, is_folding  # noqa: S311 - a scenario, no secret
        self.program = ProgramFactory(timezone=ZONE)
        for slug, needed in (("basic", 0), ("silver", 60), ("gold", 150)):
            LevelFactory(program=self.program, slug=slug, needed_status_points=needed)
        self.partners = [PartnerFactory(program=self.program) for _ in range(2)]
        for number, partner in enumerate([*self.partners, None]):
            InteractionPointFactory(program=self.program, code=f"till-{number}", partner=partner)
        ProgramRules.objects.create(
            program=self.program,
            expiry_kind="INACTIVITY",
            expiry_months=1,
            expiry_warning_days=0,
            level_validity_months=1,
            lock_days=2,
        )
        self.left, self.joined, self.receipts = Counter(), Counter(), []
        self.register()

    def run(self, steps):
        acts = [
            "register",
            "book",
            "book",
            "book",
            "buy",
            "bring_back",
            "anonymous",
            "status",
            "merge",
            "erase",
            "leave",
        ]
        acts += ["move", "expire", "correct", "bring_along", "close_anonymous", "pay"]
        for _step in range(steps):
            self.now += timedelta(minutes=self.chance.randint(1, 60 * 40))
            if self.is_folding and self.chance.random() < 0.2:
                report_counts.fold(now=self.now)
            try:
                getattr(self, self.chance.choice(acts))()
            except LoyaltyError:
                continue

    def somebody(self):
        return self.chance.choice(list(Account.objects.filter(program=self.program).order_by("id")))

    def till(self):
        return self.chance.choice(["", "till-0", "till-1", "till-2", "unknown"])

    def partner(self):
        return self.chance.choice(["", "no-such-partner", *(partner.id for partner in self.partners)])

    def register(self):
        number, partner = sum(self.joined.values()), self.partner()
        email = f"person-{number}@example.org"
        members.register_member(
            program=self.program, now=self.now, partner_id=partner, email_address=email, given_name="A", family_name="B"
        )
        self.joined[partner, self.now] += 1

    def book(self, type_code="TEST"):
        points.book_points(
            program=self.program,
            account_id=self.somebody().id,
            booking_type=self.chance.choice(list(BookingType)),
            type_code=type_code,
            points=self.chance.randint(1, 80),
            now=self.now,
            origin=Origin(interaction_id=self.till()),
        )

    def correct(self):
        wrong = self.chance.choice(list(Booking.objects.filter(program=self.program).order_by("id")) or [None])
        if wrong:
            points.correct_booking(program=self.program, account_id=wrong.account_id, booking_id=wrong.id, now=self.now)

    def buy(self, amount=None, **fields):
        stored = record_transaction(
            program=self.program,
            account_id=self.somebody().id,
            receipt=Receipt(
                amount=Decimal(self.chance.randint(100, 9000)) / 100 if amount is None else amount,
                interaction_id=self.till(),
                transaction_time=self.now - timedelta(hours=self.chance.randint(0, 30)),
                **fields,
            ),
            now=self.now,
        )
        self.receipts.append(stored)

    def pay(self):
        self.buy(Decimal("0.05"), transaction_type="PAYWITHPOINTSTRANSACTION")

    def bring_back(self):
        if self.receipts:
            receipt = self.receipts.pop(self.chance.randrange(len(self.receipts)))
            self.buy(-abs(receipt.amount), original_transaction_id=receipt.id)

    def anonymous(self):
        receipt = Receipt(amount=Decimal("12.34"), interaction_id=self.till())
        stored = record_anonymous(program=self.program, receipt=receipt, now=self.now)
        if self.chance.random() < 0.5:
            incentivate(program=self.program, account_id=self.somebody().id, transaction_id=stored.id, now=self.now)

    def status(self):
        amount = self.chance.choice([-70, 40, 90])
        status_points.book_level_points(
            program=self.program, account_id=self.somebody().id, points=amount, now=self.now
        )

    def expire(self):
        unlock_due(now=self.now)
        settle_due_levels(now=self.now)
        expire_due(now=self.now)

    def merge(self):
        source, target = self.somebody(), self.somebody()
        merge_accounts(program=self.program, source_id=source.id, target_id=target.id, now=self.now)

    def erase(self):
        account = self.somebody()
        self.left.update(Membership.objects.filter(account=account).values_list("partner_id", flat=True))
        marks = erasing.marks_of(program=self.program, account_id=account.id)
        erasing.erase_account(program=self.program, marks=marks, now=self.now, is_told=False)
        self.register()

    def leave(self):
        self.end(Membership.objects.filter(account=self.somebody()))

    def end(self, memberships):
        for membership in memberships:
            self.left[membership.partner_id] += 1
            membership.delete()

    def move(self):
        membership = Membership.objects.filter(account=self.somebody()).first()
        if membership:
            members.update_membership(
                program=self.program,
                account_id=membership.account_id,
                membership_id=membership.id,
                partner_id=self.partner(),
                now=self.now,
            )

    def bring_along(self):
        """An import: members with points and status points from long ago."""
        at = (self.now - timedelta(days=self.chance.randint(1, 60))).date()
        number = self.chance.random()
        values = {"emailAddress": f"{number}@example.org", "points": "30", "statusPoints": "70", "enrolledAt": str(at)}
        assert import_of_members.store(self.program, [Row(1, (), values)], self.now) == {}
        [row] = Membership.objects.filter(user__email_address=values["emailAddress"])
        self.joined["", row.created_at] += 1

    def close_anonymous(self):
        account = accounts.create_account(program=self.program, now=self.now)
        points.book_points(
            program=self.program,
            account_id=account.id,
            booking_type=BookingType.EARN,
            type_code="TEST",
            points=7,
            now=self.now,
        )
        closing.delete_account(program=self.program, account_id=account.id, now=self.now)
