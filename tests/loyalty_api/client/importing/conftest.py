from datetime import UTC, datetime

import pytest

from loyalty_api.client.importing.runs import Options, import_file
from tests.factories.engine import LevelFactory, ProgramFactory

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def program(db):
    program = ProgramFactory(code="club", timezone="Europe/Berlin")
    LevelFactory(program=program, slug="basic", name="Basic", needed_status_points=0)
    LevelFactory(program=program, slug="gold", name="Gold", needed_status_points=1000)
    return program


@pytest.fixture
def bring_in(program, tmp_path):
    """Imports lines of text, or bytes, as a file."""

    def import_(kind, *lines, name="file.csv", **options):
        path = tmp_path / name
        path.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\n")
        return import_file(program=program, kind=kind, path=path, now=NOW, options=Options(**options))

    return import_


@pytest.fixture
def refused_rows(tmp_path):
    """The file of errors as lists of cells, without its header."""

    def read(name="file.errors.csv", delimiter=","):
        import csv

        with (tmp_path / name).open(encoding="utf-8", errors="surrogateescape", newline="") as file:
            return list(csv.reader(file, delimiter=delimiter))[1:]

    return read
