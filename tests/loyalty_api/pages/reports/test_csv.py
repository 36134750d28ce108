"""A report as a file: its lines, its head, its name, and its line in the audit trail."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Role
from tests.factories.people import person, sign_in
from tests.loyalty_api.pages.reports.reading import PAGE, lines_in

pytestmark = pytest.mark.django_db


def test_csv_has_a_line_for_each_day_and_partner(viewer, busy, partner):
    answer = viewer.get(f"{PAGE}/points.csv?period=7d")
    head, *lines = lines_in(answer)

    today = timezone.localdate(timezone=ZoneInfo("Europe/Berlin")).isoformat()
    assert head == ["Day", "Partner ID", "Partner", "Issued", "Redeemed", "Expired", "Other changes"]
    assert lines == [[today, "", "", "19", "0", "0", "0"], [today, partner.id, "Bakery", "1500", "250", "0", "0"]]
    assert AuditEntry.objects.get(action="report.exported").subject == "points"


def test_csv_of_money_has_cents_and_its_currency_in_the_head(viewer, busy):
    head, line = lines_in(viewer.get(f"{PAGE}/receipts.csv?period=7d"))

    assert head[3:] == [
        "Receipts", "Revenue (EUR)", "Returns", "Brought back (EUR)", "Net revenue (EUR)", "Paid with points (EUR)"
    ]  # fmt: skip
    assert line[3:] == ["1", "19.90", "0", "0.00", "19.90", "0.00"]


def test_csv_is_named_by_the_days_of_the_program(viewer, program, busy):
    """There is always a zone where it is another day than in UTC."""
    program.timezone = "Pacific/Kiritimati" if datetime.now(UTC).hour >= 10 else "Pacific/Pago_Pago"
    program.save()
    today = timezone.localdate(timezone=ZoneInfo(program.timezone)).isoformat()
    name = viewer.get(f"{PAGE}/points.csv?period=7d")["Content-Disposition"]

    assert f"-{today}-{today}.csv" in name
    assert datetime.now(UTC).date().isoformat() not in name


def test_audit_trail_names_the_partner_that_an_export_was_narrowed_to(client, program, busy, partner):
    sign_in(client, person(program=program, role=Role.ADMIN))
    for query in ("", f"&partner={partner.id}", "&partner=none"):
        client.get(f"{PAGE}/points.csv?period=7d{query}")
    told = [entry.told.get("partner") for entry in AuditEntry.objects.filter(action="report.exported").order_by("id")]

    assert told == [None, "Bakery", "none"]
    assert "Without a partner" in client.get("/programs/club/audit").text


def test_csv_of_levels(viewer, busy, partner):
    [head, line] = lines_in(viewer.get(f"{PAGE}/levels.csv?period=7d"))

    assert head[1:5] == ["Level ID", "Level", "Partner ID", "Partner"]
    assert line[1:] == ["gold", "Gold", partner.id, "Bakery", "1", "0"]
