"""The reports of a program, as pages and as tables to download."""

from collections.abc import Iterator, Mapping

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from loyalty_api.client.factory import is_remote
from loyalty_api.engine.coupon_use import lines_of_use
from loyalty_api.engine.report_reading import Tallies, lines_of
from loyalty_api.pages.reports.definitions import COUPON, LEVEL, MEMBERS, PARTNER, REPORTS, Report
from loyalty_api.pages.reports.pages import context_of, form_for, names_of, today_in
from loyalty_api.pages.reports.periods import NO_PARTNER, Asked, asked_of
from loyalty_api.pages.reports.section import REPORTS as SECTION
from loyalty_api.pages.reports.tables import csv_labels, csv_rows
from selfservice.accounts.actors import actor_of
from selfservice.audit.services import record
from selfservice.programs.access import program_and_role_or_404
from selfservice.programs.models import Program
from selfservice.programs.pages import UNPROCESSABLE, in_program
from selfservice.ui.csv import csv_answer

BAD_REQUEST = 400


@login_required
@require_safe
def reports(request: HttpRequest, code: str, report: str = MEMBERS.name) -> HttpResponse:
    """A period that there is not is said so, and the first one is shown."""
    program, role = program_and_role_or_404(request, code)
    found = _report_or_404(report)
    if is_remote(program):
        return in_program(request, program, role, "reports/remote.html", {}, section=SECTION)
    form = form_for(program, found, request.GET)
    asked = asked_of(form)
    context = context_of(program, found, asked, form)
    if found is not MEMBERS:
        context["below"] = found.label
    status = UNPROCESSABLE if form.errors else BAD_REQUEST if asked.is_unknown_period else 200
    return in_program(request, program, role, "reports/report.html", context, section=SECTION, status=status)


@login_required
@require_safe
def report_as_csv(request: HttpRequest, code: str, report: str) -> HttpResponseBase:
    """By day and what the report tells apart. Raises Http404 for a report or a period that there is not."""
    program, _role = program_and_role_or_404(request, code)
    found = _report_or_404(report)
    form = form_for(program, found, request.GET)
    asked = asked_of(form)
    if form.errors or asked.is_unknown_period or is_remote(program):
        raise Http404
    period, names = asked.stretch.period, {by: names_of(program, by) for by in found.by}
    record(
        actor=actor_of(request),
        action="report.exported",
        subject=found.name,
        program=program.code,
        after=_told(asked, names.get(PARTNER, {})),
    )
    name = f"{program.code}-{found.name}-{period.since}-{period.until}-{today_in(program)}.csv"
    rows = csv_rows(found, _lines(program, found, asked), list(names.values()))
    return csv_answer(filename=name, head=_head(found, program.currency), rows=rows)


def _report_or_404(name: str) -> Report:
    if name not in REPORTS:
        raise Http404
    return REPORTS[name]


def _told(asked: Asked, partners: Mapping[str, str]) -> dict[str, str]:
    """For the audit trail, which is read in more than one language."""
    days = {"since": asked.stretch.period.since.isoformat(), "until": asked.stretch.period.until.isoformat()}
    if asked.partner_id is None:
        return days
    return days | {"partner": partners.get(asked.partner_id, NO_PARTNER)}


def _head(report: Report, currency: str) -> list[str]:
    apart = {
        PARTNER: [_("Partner ID"), _("Partner")],
        LEVEL: [_("Level ID"), _("Level")],
        COUPON: [_("Coupon ID"), _("Coupon")],
    }
    return [
        _("Day"),
        *(label for by in report.by for label in apart[by]),
        *csv_labels(report, currency),
    ]


def _lines(program: Program, report: Report, asked: Asked) -> Iterator[tuple[object, tuple[str, ...], Tallies]]:
    period = asked.stretch.period
    if COUPON in report.by:
        for day, coupon, partner, tallies in lines_of_use(program=program, period=period, partner_id=asked.partner_id):
            yield day, (coupon, partner), tallies
        return
    found = lines_of(program=program, figures=report.figures, period=period, partner_id=asked.partner_id)
    for day, partner, tallies in found:
        if LEVEL in report.by:
            for level, of_level in sorted(tallies.by_detail().items()):
                yield day, (level, partner), of_level
        else:
            yield day, (partner,), tallies
