"""Puts a report's page together."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from loyalty_api.engine.balances import CENT
from loyalty_api.engine.models import Coupon, ExpiryKind, Figure, Level, Partner, ProgramRules, ReportOutlook
from loyalty_api.engine.report_outlook import WITHIN_DAYS, newest_outlook
from loyalty_api.engine.report_reading import Counts, counted_until, counts_of, summed
from loyalty_api.engine.rules import rules_of
from loyalty_api.pages.reports import tables
from loyalty_api.pages.reports.definitions import COUPON, LEVEL, LEVELS, PARTNER, REPORTS, Report, held
from loyalty_api.pages.reports.periods import CHOICES, Asked, AskedForm, Stretch
from loyalty_api.pages.reports.tables import Cell, Row, Table, in_words
from selfservice.programs.models import Program
from selfservice.ui.tabs import ShownTab
from selfservice.ui.zones import known_zone

VIEW = "reports:reports"


@dataclass(frozen=True, slots=True)
class Number:
    """`note` says more of it, such as since when it holds."""

    label: str
    text: str
    address: str = ""
    note: str = ""


def today_in(program: Program) -> date:
    return timezone.now().astimezone(known_zone(program.timezone)).date()


def form_for(program: Program, report: Report, data: Mapping[str, str]) -> AskedForm:
    names = names_of(program, PARTNER) if PARTNER in report.by else {}
    return AskedForm(data, partners=names, today=today_in(program))


def names_of(program: Program, by: str) -> dict[str, str]:
    """Of what a report tells apart, by what it is counted by, in order."""
    if by == LEVEL:
        return dict(Level.objects.filter(program=program).values_list("slug", "name"))
    if by == COUPON:
        # What was deleted was used all the same.
        coupons = Coupon._base_manager.filter(program=program).order_by("name", "id")
        return dict(coupons.values_list("id", "name"))
    return dict(Partner.objects.filter(program=program).values_list("id", "name"))


def context_of(program: Program, report: Report, asked: Asked, form: AskedForm) -> dict[str, Any]:
    counts = report.counts(program, asked.stretch, asked.partner_id)
    steps = tables.stepped(counts, asked.stretch)
    currency, rules = program.currency, rules_of(program)
    shown = report if asked.partner_id is None else report.told_by_partner
    time_table = tables.over_time(shown, steps, asked.stretch, currency)
    return {
        "report": report,
        "form": form,
        "asked": asked,
        "stretch": asked.stretch,
        "choices": _choices(program, report, asked),
        "pages": _pages(program, report, asked),
        "counted_until": counted_until(),
        "is_empty": not counts.steps,
        "has_ever": bool(counts.steps) or report.has_ever(program, asked.partner_id),
        # What holds at the end is worth telling also where nothing changed it.
        "has_numbers": bool(counts.steps or (shown.state and counts.before)),
        "numbers": _numbers(program, shown, counts, asked, rules),
        "charts": tables.charts(shown, steps, counts, currency),
        "time_table": time_table,
        "last_step": time_table.rows[-1].head.text,
        "apart": [(by, _told_apart(program, report, by, counts, asked)) for by in report.by],
        "outlook": _outlook(program, report, asked, rules),
        "is_without_expiry": report.name == "points" and rules.expiry_kind == ExpiryKind.NONE,
        "csv": f"{reverse('reports:csv', args=[program.code, report.name])}?{asked.query}",
    }


def _told_apart(program: Program, report: Report, by: str, counts: Counts, asked: Asked) -> Table:
    addresses = partial(_addresses, program, report, by, asked)
    is_by_partner = by == PARTNER or asked.partner_id is not None
    shown = report.told_by_partner if is_by_partner else report
    return tables.told_apart(shown, by, counts, names_of(program, by), addresses, program.currency)


def _pages(program: Program, current: Report, asked: Asked) -> list[ShownTab]:
    query = urlencode(asked.stretch.query)
    return [
        ShownTab(str(each.label), f"{_address(program, each)}?{query}", each is current, "")
        for each in REPORTS.values()
    ]


def _choices(program: Program, report: Report, asked: Asked) -> list[ShownTab]:
    kept = {} if asked.partner_id is None else {"partner": asked.partner_id or "none"}
    return [
        ShownTab(
            str(choice.label),
            f"{_address(program, report)}?{urlencode({'period': choice.name} | kept)}",
            choice is asked.stretch.choice,
            "",
        )
        for choice in CHOICES.values()
    ]


def _address(program: Program, report: Report) -> str:
    return reverse("reports:report", args=[program.code, report.name])


def _addresses(program: Program, report: Report, by: str, asked: Asked, keys: Collection[str]) -> dict[str, str]:
    """Where one finds more of what the table tells apart. Only of what it shows: there may be thousands."""
    if by == LEVEL:
        return dict.fromkeys(keys, reverse("levels:levels", args=[program.code]))
    if by == COUPON:
        standing = Coupon.objects.filter(program=program, id__in=keys).values_list("id", flat=True)
        return {each: reverse("coupons:coupon", args=[program.code, each]) for each in standing}
    base, period = _address(program, report), asked.stretch.query
    return {each: f"{base}?{urlencode(period | {'partner': each or 'none'})}" for each in keys}


def _numbers(program: Program, report: Report, counts: Counts, asked: Asked, rules: ProgramRules) -> list[Number]:
    """What the period came to, and how things stand at its end."""
    whole, currency = counts.whole, program.currency
    found = [Number(str(column.label), in_words(column.read(whole), currency)) for column in report.columns]
    state = summed((counts.at_first, whole))
    if report.state:
        address = _list_of_accounts(program, asked.stretch) if report is LEVELS else ""
        label = _("%(what)s at the end") % {"what": report.state.label}
        found.append(Number(label, in_words(report.state.read(state), currency), address))
    if report.name == "points" and report.state:
        found.append(Number(_("Worth at the end"), _worth(program, rules, int(report.state.read(state)))))
    if report.name == "members" and asked.partner_id is None:
        found.append(_accounts(program, asked.stretch))
    return found


def _worth(program: Program, rules: ProgramRules, points: int) -> str:
    return in_words(Decimal(points * rules.point_value).quantize(CENT, rounding=ROUND_DOWN), program.currency)


def _accounts(program: Program, stretch: Stretch) -> Number:
    figures = [Figure.OPENED, Figure.CLOSED]
    counts = counts_of(program=program, figures=figures, period=stretch.period, is_by_month=stretch.is_by_month)
    total = held(summed((counts.at_first, counts.whole)))
    note = _("anonymous ones too")
    return Number(_("Accounts at the end"), in_words(total, ""), _list_of_accounts(program, stretch), note)


def _list_of_accounts(program: Program, stretch: Stretch) -> str:
    """The list is today's, and no list of what was there before."""
    return reverse("members:list", args=[program.code]) if stretch.period.until >= today_in(program) else ""


def _outlook(program: Program, report: Report, asked: Asked, rules: ProgramRules) -> dict[str, Any] | None:
    """What is looked at a few times a day, of all partners."""
    if report.name not in ("members", "points") or asked.partner_id is not None:
        return None
    row = newest_outlook(program)
    if row is None or (report.name == "points" and rules.expiry_kind == ExpiryKind.NONE):
        return None
    return {"at": row.at, "table": _active(row) if report.name == "members" else _expiring(program, rules, row)}


def _active(row: ReportOutlook) -> Table:
    lines = [
        Row(Cell(_("within %(days)d days") % {"days": days}), (Cell(in_words(getattr(row, f"active_{days}"), "")),))
        for days in WITHIN_DAYS
    ]
    return Table((_("Opened or booked on"), _("Accounts")), tuple(lines))


def _expiring(program: Program, rules: ProgramRules, row: ReportOutlook) -> Table:
    form = pgettext("date format", "F Y")
    lines = [
        Row(
            Cell(date_format(date.fromisoformat(month), form, use_l10n=False)),
            (Cell(in_words(points, "")), Cell(_worth(program, rules, points))),
        )
        for month, points in sorted(row.expiring.items())
    ]
    return Table((_("Month"), _("Points"), _("Worth")), tuple(lines))
