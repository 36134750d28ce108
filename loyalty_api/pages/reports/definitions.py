"""The reports: what each counts, and how its numbers are read from the counts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from loyalty_api.engine.coupon_use import ACTIVATED, ASSIGNED, REDEEMED, is_used, use_of
from loyalty_api.engine.models import Figure
from loyalty_api.engine.report_reading import Counts, Tallies, counts_of, is_counted
from loyalty_api.pages.reports.periods import Stretch
from selfservice.programs.models import Program

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

# The lines of our own making. A till may call its lines as it likes.
EXPIRED, ERASED, CORRECTED, OF_RECEIPT, PAID, IMPORTED = "EXP", "ERASED", "COR", "TRX", "PWP", "IMPORT"
PURCHASE, PAYMENT = "EARNTRANSACTION", "PAYWITHPOINTSTRANSACTION"
PARTNER, LEVEL, COUPON = "partner", "level", "coupon"
Value = int | Decimal


@dataclass(frozen=True, slots=True)
class Column:
    """`tone` is its colour in a chart: a class of the style sheet."""

    name: str
    label: "StrOrPromise"
    read: Callable[[Tallies], Value]
    tone: str = "good"

    @property
    def is_money(self) -> bool:
        return isinstance(self.read(Tallies()), Decimal)


@dataclass(frozen=True, slots=True)
class Report:
    """`state` is what holds at the end of a day: the sum of everything until then. `charts` name columns, those of one
    chart stand one on the other. `by` is what it tells apart, in a table each, and in the CSV beside each other.
    A state of whose changes some have no partner is one of the whole program."""

    name: str
    label: "StrOrPromise"
    lead: "StrOrPromise"
    figures: tuple[str, ...]
    columns: tuple[Column, ...]
    charts: tuple[tuple[str, ...], ...]
    by: tuple[str, ...] = (PARTNER,)
    state: Column | None = None
    is_state_by_partner: bool = True

    @property
    def told_by_partner(self) -> "Report":
        return self if self.is_state_by_partner else replace(self, state=None)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def counts(self, program: Program, stretch: Stretch, partner_id: str | None) -> Counts:
        """A report that tells no partners apart is of all of them."""
        partner, period, is_by_month = self._partner(partner_id), stretch.period, stretch.is_by_month
        if COUPON in self.by:
            return use_of(program=program, period=period, partner_id=partner, is_by_month=is_by_month)
        return counts_of(
            program=program, figures=self.figures, period=period, partner_id=partner, is_by_month=is_by_month
        )

    def has_ever(self, program: Program, partner_id: str | None) -> bool:
        """Whether at any time something happened that it counts."""
        partner = self._partner(partner_id)
        if COUPON in self.by:
            return is_used(program=program, partner_id=partner)
        return is_counted(program=program, figures=self.figures, partner_id=partner)

    def _partner(self, partner_id: str | None) -> str | None:
        return partner_id if PARTNER in self.by else None


def _number(figure: str) -> Callable[[Tallies], int]:
    return lambda tallies: tallies.all(figure).number


def _points(figure: str, *, only: tuple[str, ...] | None = None, but: tuple[str, ...] = ()) -> Callable[[Tallies], int]:
    return lambda tallies: int(tallies.all(figure, only=only, but=but).amount)


def _other_points(tallies: Tallies) -> int:
    """Put right, brought back, brought along by an import, or gone with their account."""
    added = _points(Figure.EARNED, only=(CORRECTED, PAID, IMPORTED))(tallies)
    taken = _points(Figure.BURNED, only=(CORRECTED, OF_RECEIPT, ERASED))(tallies)
    return added - taken - _points(Figure.LAPSED)(tallies)


def _owed(tallies: Tallies) -> int:
    return _points(Figure.EARNED)(tallies) - _points(Figure.BURNED)(tallies) - _points(Figure.LAPSED)(tallies)


def _members(tallies: Tallies) -> int:
    joined, left, moved = (tallies.all(figure).number for figure in (Figure.JOINED, Figure.LEFT, Figure.MOVED))
    return joined - left + moved


def held(tallies: Tallies) -> int:
    """Accounts, of a level or of all."""
    came = sum(tallies.all(figure).number for figure in (Figure.OPENED, Figure.RISEN, Figure.FALLEN))
    return came - tallies.all(Figure.CLOSED).number - tallies.all(Figure.LEFT_LEVEL).number


def _money(tallies: Tallies) -> Decimal:
    return tallies.all(Figure.RECEIPT, only=(PURCHASE,)).amount


def _money_back(tallies: Tallies) -> Decimal:
    return -tallies.all(Figure.RETURN, only=(PURCHASE,)).amount


def _paid(tallies: Tallies) -> Decimal:
    return sum((tallies.all(figure, only=(PAYMENT,)).amount for figure in (Figure.RECEIPT, Figure.RETURN)), Decimal(0))


MEMBERS = Report(
    "members",
    _("Members"),
    _("Who joined and who left, by the partner of the membership. Who left includes who was erased."),
    (Figure.JOINED, Figure.LEFT, Figure.MOVED),
    (
        Column("joined", _("Joined"), _number(Figure.JOINED)),
        Column("left", _("Left"), _number(Figure.LEFT), "failed"),
    ),
    (("joined",), ("left",)),
    state=Column("members", _("Members"), _members, "filtered"),
)
POINTS = Report(
    "points",
    _("Points"),
    _("Points that were issued and redeemed, and those that members still have: what the program owes."),
    (Figure.EARNED, Figure.BURNED, Figure.LAPSED),
    (
        Column("issued", _("Issued"), _points(Figure.EARNED, but=(CORRECTED, PAID, IMPORTED))),
        Column(
            "redeemed", _("Redeemed"), _points(Figure.BURNED, but=(EXPIRED, ERASED, CORRECTED, OF_RECEIPT)), "delivered"
        ),
        Column("expired", pgettext_lazy("points", "Expired"), _points(Figure.BURNED, only=(EXPIRED,)), "failed"),
        Column("other", _("Other changes"), _other_points),
    ),
    (("issued",), ("redeemed", "expired")),
    state=Column("outstanding", _("Outstanding"), _owed, "filtered"),
    # Points expire, are corrected and erased at no interaction point.
    is_state_by_partner=False,
)
COUPONS = Report(
    "coupons",
    _("Coupons"),
    _(
        "How often coupons were given to members, activated and redeemed. Only a redemption has a partner: that of its "
        "interaction point."
    ),
    (ASSIGNED, ACTIVATED, REDEEMED),
    (
        Column("assigned", _("Assigned"), _number(ASSIGNED), "filtered"),
        Column("activated", _("Activated"), _number(ACTIVATED), "filtered"),
        Column("redeemed", _("Redeemed"), _number(REDEEMED)),
    ),
    (("assigned",), ("redeemed",)),
    by=(COUPON, PARTNER),
)
LEVELS = Report(
    "levels",
    _("Levels"),
    _(
        "How many rose and fell, and to which level. An account that is opened begins at its level and has not risen. "
        "The partner is that of the membership. What an import changes counts on the day of the import."
    ),
    (Figure.OPENED, Figure.CLOSED, Figure.RISEN, Figure.FALLEN, Figure.LEFT_LEVEL),
    (
        Column("risen", _("Risen"), _number(Figure.RISEN)),
        Column("fallen", _("Fallen"), _number(Figure.FALLEN), "failed"),
    ),
    (("risen",), ("fallen",)),
    by=(LEVEL, PARTNER),
    state=Column("held", _("Accounts"), held, "filtered"),
    # An account is opened before anybody is its member.
    is_state_by_partner=False,
)
RECEIPTS = Report(
    "receipts",
    _("Receipts"),
    _("What was bought and brought back, by the day on the receipt and the partner of the till."),
    (Figure.RECEIPT, Figure.RETURN),
    (
        Column("receipts", _("Receipts"), lambda tallies: tallies.all(Figure.RECEIPT, only=(PURCHASE,)).number),
        Column("revenue", _("Revenue"), _money),
        Column("returns", _("Returns"), lambda tallies: tallies.all(Figure.RETURN, only=(PURCHASE,)).number, "failed"),
        Column("returned", _("Brought back"), _money_back, "failed"),
        Column("net", _("Net revenue"), lambda tallies: _money(tallies) - _money_back(tallies)),
        Column("paid", _("Paid with points"), _paid, "delivered"),
    ),
    (("receipts",), ("revenue",), ("paid",)),
)
REPORTS = {report.name: report for report in (MEMBERS, POINTS, COUPONS, LEVELS, RECEIPTS)}
