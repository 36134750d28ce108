"""Points that expire: the member is warned, and when the warning's time is over the points are taken.

A warning is a row of `PointsExpiry`, and nothing expires without one. Where a warning came late, expiry waits for it.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Sum

from loyalty_api.contract import BookingType
from loyalty_api.engine import accounts, events, points
from loyalty_api.engine.models import Account, Booking, ExpiryKind, PointsExpiry, PointsLock, ProgramRules
from loyalty_api.engine.months import add_months
from loyalty_api.engine.rules import rules_of
from selfservice.programs.models import Program

TYPE_CODE = "EXP"
BATCH = 500


@dataclass(frozen=True, slots=True)
class _Occasion:
    """When points expire. `quiet_since` is the last booking that an inactive member was found with."""

    due_date: date
    due_at: datetime
    quiet_since: datetime | None = None

    def is_new(self, account: Account, given: PointsExpiry | None) -> bool:
        """Whether nobody was warned of it, and the member has not become active meanwhile."""
        if self.quiet_since is None:
            return given is None
        is_warned = given is not None and given.settled_at is None and given.warned_at >= self.quiet_since
        return account.last_activity_at == self.quiet_since and not is_warned


def expire_due(*, now: datetime) -> int:
    """Warns and expires in all programs, account by account; says how many accounts lost points.

    May run twice at once, or stop half way: a warning is given once, and settled once.
    """
    for rules in ProgramRules.objects.exclude(expiry_kind=ExpiryKind.NONE).select_related("program"):
        _warn(rules, now=now)
    expired, last = 0, 0
    due = PointsExpiry.objects.filter(settled_at=None, expires_at__lte=now, account__deleted_at=None)
    due = due.select_related("account__program")
    while batch := list(due.filter(id__gt=last).order_by("id")[:BATCH]):
        expired += sum(_settle(row.account.program, row, now=now) for row in batch)
        last = batch[-1].id
    return expired


def fixed_day(rules: ProgramRules, *, year: int) -> date:
    """The last of February stands in for a 29th that the year does not have."""
    month, day = (int(part) for part in rules.expiry_day.split("-"))
    return add_months(date(2000, 1, day), (year - 2000) * 12 + month - 1)


def day_is_over(program: Program, day: date) -> datetime:
    """The first moment after the day, where the program is at home."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(program.timezone))


def _warn(rules: ProgramRules, *, now: datetime) -> None:
    if rules.expiry_kind == ExpiryKind.INACTIVITY:
        _warn_inactive(rules, now=now)
        return
    year = now.astimezone(ZoneInfo(rules.program.timezone)).year
    for day in (fixed_day(rules, year=year + offset) for offset in (-1, 0, 1)):
        _warn_of_day(rules, day, now=now)


def _warn_of_day(rules: ProgramRules, day: date, *, now: datetime) -> None:
    due_at = day_is_over(rules.program, day)
    is_dealt_with = rules.expiry_planned_through is not None and day <= rules.expiry_planned_through
    is_spared = rules.expiry_since is not None and due_at <= rules.expiry_since
    if is_dealt_with or is_spared or due_at - _notice(rules) > now:
        return
    warned = PointsExpiry.objects.filter(account=OuterRef("pk"), due_date=day)
    for account in _with_points(rules).filter(~Exists(warned), created_at__lt=due_at).iterator(BATCH):
        _give_warning(rules, account.id, _Occasion(day, due_at), now=now)
    if due_at <= now:
        ProgramRules.objects.filter(pk=rules.pk).update(expiry_planned_through=day)


def _warn_inactive(rules: ProgramRules, *, now: datetime) -> None:
    """Who was warned since their last booking is not warned again; a warning that was settled counts no more."""
    horizon = add_months(now + _notice(rules), -rules.expiry_months)
    warned = PointsExpiry.objects.filter(
        account=OuterRef("pk"), settled_at=None, warned_at__gte=OuterRef("last_activity_at")
    )
    quiet = _with_points(rules).filter(~Exists(warned), last_activity_at__lte=horizon)
    for account in quiet.iterator(BATCH):
        due_at = add_months(account.last_activity_at or account.created_at, rules.expiry_months)
        _give_warning(rules, account.id, _Occasion(due_at.date(), due_at, account.last_activity_at), now=now)


def _give_warning(rules: ProgramRules, account_id: str, occasion: _Occasion, *, now: datetime) -> None:
    """Once for an occasion, and told with it. Another booking of the same day makes the day's warning anew."""
    with transaction.atomic():
        account = Account.objects.select_for_update(no_key=True).filter(id=account_id).first()
        if account is None:
            return
        account.program = rules.program
        given = PointsExpiry.objects.filter(account=account, due_date=occasion.due_date).first()
        amount = _expiring(rules, account, due_date=occasion.due_date)
        if amount <= 0 or not occasion.is_new(account, given):
            return
        PointsExpiry.objects.update_or_create(
            account=account,
            due_date=occasion.due_date,
            defaults={
                "points": amount,
                "expires_at": max(occasion.due_at, now + _notice(rules)),
                "warned_at": now,
                "settled_at": None,
            },
        )
        scene = events.owner_scene(account, now=now)
        events.emit(program=rules.program, events=[scene.balance_changed({"delta": 0})])


def _with_points(rules: ProgramRules) -> QuerySet[Account]:
    return Account.objects.filter(program_id=rules.program_id, points__gt=0).order_by("pk")


def _notice(rules: ProgramRules) -> timedelta:
    return timedelta(days=rules.expiry_warning_days)


def _settle(program: Program, planned: PointsExpiry, *, now: datetime) -> bool:
    with transaction.atomic():
        account = accounts.lock_account(program=program, account_id=planned.account_id)
        open_row = PointsExpiry.objects.filter(pk=planned.pk, settled_at=None)
        if not open_row.update(settled_at=now):
            return False
        rules = rules_of(program)
        amount = _expiring(rules, account, due_date=planned.due_date) if _still_holds(rules, account, planned) else 0
        if amount <= 0:
            return False
        booking = points.add_booking(
            account,
            booking_type=BookingType.BURN,
            type_code=TYPE_CODE,
            points=amount,
            now=now,
            origin=points.Origin(),
            is_activity=False,
        )
        scene = events.owner_scene(account, now=now)
        events.emit(program=program, events=[points.balance_changed(scene, booking)])
    return True


def _still_holds(rules: ProgramRules, account: Account, planned: PointsExpiry) -> bool:
    """Not after the member became active again, nor in a program that has given up this way of expiring."""
    if rules.expiry_since is not None and planned.warned_at < rules.expiry_since:
        return False
    if rules.expiry_kind == ExpiryKind.INACTIVITY:
        return account.last_activity_at is None or account.last_activity_at <= planned.warned_at
    return rules.expiry_kind == ExpiryKind.FIXED_DATE


def _expiring(rules: ProgramRules, account: Account, *, due_date: date) -> int:
    """Of the points that can be spent, those that are old enough. Spending takes the oldest first.

    So what is left of the old ones is the balance less what was earned since; what of that is locked still is in
    neither. Never sums the whole ledger: only what is young counts.
    """
    if rules.expiry_kind == ExpiryKind.INACTIVITY:
        return max(0, account.points)
    young_from = day_is_over(account.program, add_months(due_date, -rules.expiry_months))
    young = Booking.objects.filter(account=account, booking_type=BookingType.EARN, booked_at__gte=young_from)
    earned = young.aggregate(total=Sum(F("points")))["total"] or 0
    locked = PointsLock.objects.filter(account=account, booking__booked_at__gte=young_from)
    still_locked = locked.aggregate(total=Sum(F("points")))["total"] or 0
    return max(0, account.points - (earned - still_locked))
