"""Reads a CSV file line by line: its header by name, a line that cannot be read as a line with a reason."""

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

_DELIMITERS = ";,\t|"
_BYTE_ORDER_MARK = "\ufeff"
_PREFIXES = ("optin:", "property:")
# What a file of refused rows has in front; not looked at when it is imported itself.
ERROR_COLUMNS = ("line", "reason")


class BadTable(Exception):
    """The file as a whole cannot be imported; the text says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """`number` is the line in the file on which the row begins, `values` its cells by column, trimmed."""

    number: int
    cells: tuple[str, ...]
    values: Mapping[str, str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """`columns` names each place: a known column, a free one such as `optin:newsletter`, or nothing."""

    cells: tuple[str, ...]
    columns: tuple[str, ...]
    delimiter: str

    @property
    def ignored(self) -> list[str]:
        cells = zip(self.cells, self.columns, strict=True)
        return [cell for cell, column in cells if cell.strip() and not column and cell.lower() not in ERROR_COLUMNS]


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_header(file: BinaryIO, *, known: Iterable[str], required: Iterable[str]) -> Header:
    """Raises BadTable for a column that is missing or there twice."""
    first = file.readline()
    try:
        text = first.decode("utf-8-sig").strip("\r\n")
    except UnicodeDecodeError:
        raise BadTable(_("The first line is not UTF-8. Save the file as CSV in UTF-8.")) from None
    delimiter = max(_DELIMITERS, key=text.count)
    cells = tuple(next(csv.reader([text], delimiter=delimiter), []))
    folded = {_fold(name): name for name in known}
    columns = tuple(_column(cell, folded) for cell in cells)
    named = [column for column in columns if column]
    if twice := sorted({column for column in named if named.count(column) > 1}):
        raise BadTable(_("These columns are there twice: %(names)s.") % {"names": ", ".join(twice)})
    if missing := [name for name in required if name not in named]:
        raise BadTable(_("These columns are missing: %(names)s.") % {"names": ", ".join(missing)})
    if not named:
        raise BadTable(_("The first line names no column that is known."))
    return Header(cells, columns, delimiter)


def read_rows(file: BinaryIO, header: Header) -> Iterator[Row]:
    """The rows below the header. Bytes that are no UTF-8 come through as a row with a problem, and spoil no other."""
    lines = (line.decode("utf-8", errors="surrogateescape") for line in file)
    reader = csv.reader(lines, delimiter=header.delimiter)
    begins = 2
    while True:
        try:
            cells = tuple(next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(begins, (), {}, _("The line cannot be read: %(error)s.") % {"error": error})
        else:
            if any(cell.strip() for cell in cells):
                yield _row(begins, cells, header)
        begins = reader.line_num + 2


def in_parts(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while part := list(islice(rows, size)):
        yield part


def _row(number: int, cells: tuple[str, ...], header: Header) -> Row:
    problem = ""
    if any("\udc80" <= letter <= "\udcff" for cell in cells for letter in cell):
        problem = _("The line is not UTF-8.")
    elif any("\x00" in cell for cell in cells):
        problem = _("The line holds a NUL character.")
    elif len(cells) > len(header.columns):
        problem = _("The line has %(count)d cells, the header %(expected)d.") % {
            "count": len(cells),
            "expected": len(header.columns),
        }
    values = {column: cell.strip() for column, cell in zip(header.columns, cells, strict=False) if column}
    return Row(number, cells, values, problem)


def _column(cell: str, folded: Mapping[str, str]) -> str:
    name = cell.strip(_BYTE_ORDER_MARK + " ")
    for prefix in _PREFIXES:
        if name.lower().startswith(prefix) and prefix in folded and name[len(prefix) :].strip():
            return prefix + name[len(prefix) :].strip()
    return folded.get(_fold(name), "")


def _fold(name: str) -> str:
    """`account_id`, `Account ID` and `accountId` are one name."""
    return "".join(letter for letter in name.lower() if letter.isalnum() or letter == ":")
