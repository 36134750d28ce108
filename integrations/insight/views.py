"""The statistics of one integration, as a page and as tables to download."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from integrations.connections.services import find
from integrations.frame.lists import Lists
from integrations.frame.places import place_or_404
from integrations.insight.pages import counted_in, statistics_page
from integrations.insight.periods import CHOICES
from integrations.insight.tables import TABLES, rows_of
from selfservice.accounts.actors import actor_of
from selfservice.audit.services import record
from selfservice.ui.csv import csv_answer


@login_required
@require_safe
def statistics(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    return statistics_page(request, place_or_404(request, code, kind))


@login_required
@require_safe
def table_as_csv(request: HttpRequest, code: str, kind: str, table: str) -> HttpResponseBase:
    """Raises Http404 for a table or a period that there is not."""
    place = place_or_404(request, code, kind)
    choice = CHOICES.get(request.GET.get("period", ""))
    if table not in TABLES or choice is None:
        raise Http404
    counted = counted_in(place, find(program=place.program, kind=kind), choice)
    found = TABLES[table](counted, Lists(place, counted.stretch.period))
    record(
        actor=actor_of(request),
        action="statistics.exported",
        subject=f"{kind} {table}",
        program=code,
        after={"period": choice.name},
    )
    name = f"{code}-{kind}-{table}-{choice.name}-{timezone.localdate():%Y-%m-%d}.csv"
    return csv_answer(filename=name, head=found.columns, rows=rows_of(found, zone=place.program.timezone))
