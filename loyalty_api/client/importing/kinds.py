"""What can be imported: its columns, and how a part of a file is stored."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from loyalty_api.client.importing.tables import Row
from selfservice.programs.models import Program

Problems = Mapping[int, str]
"""By the number of the line, why it is refused."""


@dataclass(frozen=True, slots=True)
class ImportKind:
    """`store` writes all rows or, when it returns problems, is rolled back. It runs inside a transaction."""

    name: str
    columns: tuple[str, ...]
    required: tuple[str, ...]
    store: Callable[[Program, Sequence[Row], datetime], Problems]
