"""Looks a few times a day at what time alone changes: which accounts were active, and when points will expire."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef

from loyalty_api.engine.expiry import day_is_over, fixed_day
from loyalty_api.engine.models import ExpiryKind, ProgramRules, ReportOutlook
from loyalty_api.engine.months import add_months
from loyalty_api.engine.rules import rules_of
from selfservice.database import rows
from selfservice.programs.models import Program

EVERY = timedelta(hours=6)
WITHIN_DAYS = (30, 90, 365)
_ACTIVE = """
SELECT count(*) FILTER (WHERE last_activity_at >= %(within_30)s),
       count(*) FILTER (WHERE last_activity_at >= %(within_90)s),
       count(*) FILTER (WHERE last_activity_at >= %(within_365)s)
  FROM engine_account WHERE program_id = %(program)s AND deleted_at IS NULL
"""
_MONTH = "date_trunc('month', ({moment} - interval '{less}') AT TIME ZONE %(zone)s)::date"
# What expires at midnight expires with the day that ends then, also where its warning came some minutes late.
_DAY_LESS, _LESS = "23 hours", "1 microsecond"
_QUIET = f"""
SELECT {_MONTH.format(moment="expires_at", less=_LESS)}, sum(points) FROM (
  SELECT a.points, COALESCE((
           SELECT max(e.expires_at) FROM engine_pointsexpiry e
            WHERE e.account_id = a.id AND e.settled_at IS NULL AND e.warned_at >= a.last_activity_at
              AND (%(expiry_since)s::timestamptz IS NULL OR e.warned_at >= %(expiry_since)s)),
         GREATEST(a.last_activity_at + make_interval(months => %(months)s), %(soonest)s)) AS expires_at
    FROM engine_account a
   WHERE a.program_id = %(program)s AND a.deleted_at IS NULL AND a.points > 0
     AND a.last_activity_at IS NOT NULL) AS found
 GROUP BY 1
"""  # noqa: S608 - the parts are constants
# Of the balance what is old enough, as `expiry` takes it: nothing by a warning that an earlier rule gave. Where an
# earlier day's warning came late, and its points are still to be taken, the next day takes what is left.
_OLD = f"""
WITH young AS (
  SELECT b.account_id,
         sum(b.points - COALESCE(l.points, 0)) FILTER (WHERE b.booked_at >= %(past_from)s) AS past,
         sum(b.points - COALESCE(l.points, 0)) FILTER (WHERE b.booked_at >= %(next_from)s) AS next
    FROM engine_booking b LEFT JOIN engine_pointslock l ON l.booking_id = b.id
   WHERE b.program_id = %(program)s AND b.booking_type = 'EARNBOOKING' AND b.booked_at >= %(past_from)s
   GROUP BY 1),
old AS (
  SELECT past.expires_at AS past_at, COALESCE(next.expires_at, %(next_at)s) AS next_at,
         CASE WHEN past.id IS NULL THEN 0 ELSE GREATEST(0, a.points - COALESCE(y.past, 0)) END AS past,
         CASE WHEN next.warned_at < %(expiry_since)s THEN 0
              ELSE GREATEST(0, a.points - COALESCE(y.next, 0)) END AS both_days
    FROM engine_account a
    LEFT JOIN young y ON y.account_id = a.id
    LEFT JOIN engine_pointsexpiry past
      ON past.account_id = a.id AND past.due_date = %(past_day)s AND past.settled_at IS NULL
     AND (%(expiry_since)s::timestamptz IS NULL OR past.warned_at >= %(expiry_since)s)
    LEFT JOIN engine_pointsexpiry next
      ON next.account_id = a.id AND next.due_date = %(next_day)s AND next.settled_at IS NULL
   WHERE a.program_id = %(program)s AND a.deleted_at IS NULL AND a.points > 0)
SELECT {_MONTH.format(moment="at", less=_DAY_LESS)}, sum(points) FROM (
  SELECT past_at AS at, past AS points FROM old UNION ALL SELECT next_at, both_days - past FROM old) AS found
 WHERE points > 0 GROUP BY 1
"""  # noqa: S608 - the parts are constants


def look_ahead(*, now: datetime) -> int:
    """In how many programs was looked: those that were not looked at for a while."""
    recent = ReportOutlook.objects.filter(program=OuterRef("pk"), at__gt=now - EVERY)
    due = list(Program.objects.filter(~Exists(recent)))
    for program in due:
        look_at(program, now=now)
    return len(due)


def look_at(program: Program, *, now: datetime) -> ReportOutlook:
    """Reads all accounts of the program; for points that expire on a day of the year also what was earned since."""
    asked = {f"within_{days}": now - timedelta(days=days) for days in WITHIN_DAYS}
    [active] = rows.read(_ACTIVE, {"program": program.pk, **asked})
    found = {f"active_{days}": number for days, number in zip(WITHIN_DAYS, active, strict=True)}
    day = now.astimezone(ZoneInfo(program.timezone)).date()
    expiring = {month.isoformat(): int(points) for month, points in sorted(_expiring(program, now=now))}
    row, _is_new = ReportOutlook.objects.update_or_create(
        program=program, day=day, defaults={**found, "at": now, "expiring": expiring}
    )
    return row


def newest_outlook(program: Program) -> ReportOutlook | None:
    return ReportOutlook.objects.filter(program=program).order_by("-day").first()


def _expiring(program: Program, *, now: datetime) -> list[tuple[Any, ...]]:
    rules = rules_of(program)
    asked = {"program": program.pk, "zone": program.timezone}
    if rules.expiry_kind == ExpiryKind.INACTIVITY:
        soonest = now + timedelta(days=rules.expiry_warning_days)
        since = {"expiry_since": rules.expiry_since, "months": rules.expiry_months, "soonest": soonest}
        return rows.read(_QUIET, asked | since)
    if rules.expiry_kind == ExpiryKind.FIXED_DATE:
        return rows.read(_OLD, asked | _days(program, rules, now=now))
    return []


def _days(program: Program, rules: ProgramRules, *, now: datetime) -> dict[str, Any]:
    """The next day on which points expire, and the one before; what was earned from when on is too young for each."""
    year = now.astimezone(ZoneInfo(program.timezone)).year
    days = [fixed_day(rules, year=year + offset) for offset in (-1, 0, 1)]
    ahead = next(place for place, day in enumerate(days) if day_is_over(program, day) > now)
    # In the first days of a year the one before stands in the year before last.
    past, coming = days[ahead - 1] if ahead else fixed_day(rules, year=year - 2), days[ahead]
    return {
        "expiry_since": rules.expiry_since,
        "past_day": past,
        "next_day": coming,
        "past_from": day_is_over(program, add_months(past, -rules.expiry_months)),
        "next_from": day_is_over(program, add_months(coming, -rules.expiry_months)),
        "next_at": max(day_is_over(program, coming), now + timedelta(days=rules.expiry_warning_days)),
    }
