"""Tables as CSV (RFC 4180): streamed, and safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from django.http import StreamingHttpResponse

# With these a spreadsheet takes a cell for a formula (OWASP, "CSV Injection").
# Some take the wide ones of East Asian scripts for the same.
_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# Spreadsheets take a text without it for one in an older encoding.
_BYTE_ORDER_MARK = "\ufeff"


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_answer(*, filename: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """`rows` is read as the answer is sent; who reads a database for it does so in portions."""
    answer = StreamingHttpResponse(_lines(head, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer


def _lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield _BYTE_ORDER_MARK + writer.writerow([_safe(cell) for cell in head])
    for row in rows:
        yield writer.writerow([_safe(cell) for cell in row])


def _safe(cell: object) -> object:
    """Numbers stay numbers, negative ones too; a text that would be a formula is one no more."""
    if cell is None or isinstance(cell, int | float | Decimal):
        return "" if cell is None else cell
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA_MARKS) else text
