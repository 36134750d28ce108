"""Makes reports of what happened, and reads them as shown and as exported."""

import csv
import re
from decimal import Decimal
from html import unescape

from django.utils import timezone

from loyalty_api.engine import report_counts, report_outlook

PAGE = "/programs/club/reports"


def fold():
    report_counts.fold(now=timezone.now())
    report_outlook.look_ahead(now=timezone.now())


def numbers_in(answer):
    """By their label."""
    found = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", answer.text, re.DOTALL)
    return {label: " ".join(unescape(re.sub("<.*?>", "", value)).split()) for label, value in found}


def plain(text):
    return Decimal(text.removesuffix(" EUR").replace(",", ""))


def lines_in(answer):
    return list(csv.reader(answer.getvalue().decode("utf-8-sig").splitlines()))


def rows_in(answer, wanted):
    """Of the table by `wanted`, each row's name and numbers."""
    [table] = [table for by, table in answer.context["apart"] if by == wanted]
    return {row.head.text: [cell.text for cell in row.cells] for row in table.rows}
