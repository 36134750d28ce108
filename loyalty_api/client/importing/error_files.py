"""The file of refused rows: what is wrong in front, the row behind it, so that it can be mended and imported."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from loyalty_api.client.importing.tables import ERROR_COLUMNS, Header, Row


@dataclass(frozen=True, slots=True)
class Refused:
    row: Row
    reason: str


def errors_path_of(path: Path) -> Path:
    return path.with_name(path.stem + ".errors.csv")


def cut_back(path: Path, size: int) -> int:
    """Takes away what a run wrote and did not commit; returns what is left. 0 when this is not the file of that run."""
    if not path.exists() or path.stat().st_size < size:
        return 0
    with path.open("ab") as file:
        file.truncate(size)
    return size


def append_refused(path: Path, header: Header, refused: Sequence[Refused], *, after_bytes: int) -> int:
    """Writes behind the first `after_bytes`; returns how long the file is then."""
    begun_at = cut_back(path, after_bytes)
    # What was no UTF-8 is written as it was read.
    with path.open("a" if begun_at else "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        writer = csv.writer(file, delimiter=header.delimiter)
        if not begun_at:
            writer.writerow([*ERROR_COLUMNS, *_own(header, header.cells)])
        writer.writerows([each.row.number, each.reason, *_own(header, each.row.cells)] for each in refused)
    return path.stat().st_size


def _own(header: Header, cells: Sequence[str]) -> list[str]:
    """Without the two columns in front, should the file itself be one of errors."""
    names = [cell.strip().lower() for cell in header.cells]
    return [cell for place, cell in enumerate(cells) if place >= len(names) or names[place] not in ERROR_COLUMNS]
