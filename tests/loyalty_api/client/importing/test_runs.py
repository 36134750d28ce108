"""Parts, repeats, dry runs, and what becomes of lines that cannot be read."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty_api.client.importing.kinds import ImportKind
from loyalty_api.client.importing.tables import BadTable
from loyalty_api.client.importing.users import KIND, store
from loyalty_api.client.models import ImportRun
from loyalty_api.engine.models import User

HEADER = "userId,emailAddress"


def lines(*numbers):
    return [f"u-{number},p{number}@example.org" for number in numbers]


def ids():
    return sorted(User.objects.values_list("id", flat=True))


def test_part_with_a_refused_line_is_not_imported(bring_in, refused_rows):
    result = bring_in(KIND, HEADER, *lines(1, 2), "u-3,nobody", *lines(4, 5), part_size=2)

    assert (result.imported, result.refused) == (3, 2)
    assert ids() == ["u-1", "u-2", "u-5"]
    assert [row[0] for row in refused_rows()] == ["4", "5"]
    assert refused_rows()[1][1] == "not imported, because line 4 of the same part is refused"


def test_file_of_errors_can_be_mended_and_imported(bring_in, tmp_path):
    bring_in(KIND, HEADER, "u-1,nobody", *lines(2))
    mended = (tmp_path / "file.errors.csv").read_text().replace("nobody", "somebody@example.org")

    result = bring_in(KIND, *mended.splitlines(), name="mended.csv")

    assert (result.imported, result.ignored_columns) == (2, ())
    assert ids() == ["u-1", "u-2"]


def test_repeated_import_changes_nothing(bring_in):
    bring_in(KIND, HEADER, *lines(1, 2))

    result = bring_in(KIND, HEADER, *lines(1, 2), name="copy.csv")

    assert (result.is_repeat, result.imported) == (True, 2)
    assert ids() == ["u-1", "u-2"]


def broken_at(number):
    """The import, whose power is cut as it comes to a line."""

    def cut(program, rows, now):
        problems = store(program, rows, now)
        if any(row.number == number for row in rows):
            raise KeyboardInterrupt
        return problems

    return ImportKind(KIND.name, KIND.columns, KIND.required, cut)


def test_interrupted_import_goes_on(bring_in, refused_rows):
    table = [HEADER, "u-1,nobody", *lines(2, 3, 4, 5, 6)]
    with pytest.raises(KeyboardInterrupt):
        bring_in(broken_at(6), *table, part_size=2)

    result = bring_in(KIND, *table, part_size=2)

    assert (result.resumed_at, result.imported, result.refused) == (4, 4, 2)
    assert ids() == ["u-3", "u-4", "u-5", "u-6"]
    assert [row[0] for row in refused_rows()] == ["2", "3"]


def test_errors_of_a_part_that_was_not_committed_are_written_once(bring_in, refused_rows, tmp_path):
    table = [HEADER, "u-1,nobody", *lines(2, 3)]
    with pytest.raises(KeyboardInterrupt):
        bring_in(broken_at(4), *table, part_size=2)
    with (tmp_path / "file.errors.csv").open("a") as file:
        file.write("4,left over,u-3,half a li")

    bring_in(KIND, *table[:3], "u-3,p3@example.org", part_size=2)

    assert [row[0] for row in refused_rows()] == ["2", "3"]


def test_two_imports_of_one_file(bring_in):
    def another_moves_on(_share):
        ImportRun.objects.update(rows_done=7)

    with pytest.raises(BadTable, match="Another process"):
        bring_in(KIND, HEADER, *lines(1, 2), part_size=1, progress=another_moves_on)

    assert ids() == ["u-1"]


def test_dry_run_stores_nothing(bring_in, refused_rows):
    table = [HEADER, *lines(1, 2), "u-1,p@example.org"]
    result = bring_in(KIND, *table, part_size=2, is_dry_run=True, emits_events=True)

    assert (result.imported, result.refused) == (2, 1)
    assert refused_rows()[0][1] == "userId: there is a user of this id already"
    assert not User.objects.exists()
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(("is_dry_run", "analyses"), [(True, 3), (False, 0)])
def test_dry_run_counts_its_own_rows_as_they_double(bring_in, is_dry_run, analyses):
    with CaptureQueriesContext(connection) as asked:
        bring_in(KIND, HEADER, *lines(*range(1, 8)), part_size=1, is_dry_run=is_dry_run)

    assert sum(query["sql"].startswith("ANALYZE") for query in asked.captured_queries) == analyses


def test_lines_that_cannot_be_read(bring_in, refused_rows):
    bring_in(
        KIND,
        HEADER + ",givenName",
        b"u-1,p1@example.org,J\xfcrgen",
        b"u-2,p2@example.org,A\x00da",
        "u-3,p3@example.org,Ada,too much",
        "",
        "u-4,p4@example.org,Ada",
        part_size=1,
    )

    assert ids() == ["u-4"]
    assert [(row[0], row[1]) for row in refused_rows()] == [
        ("2", "The line is not UTF-8."),
        ("3", "The line holds a NUL character."),
        ("4", "The line has 4 cells, the header 3."),
    ]
    assert refused_rows()[0][4].encode(errors="surrogateescape") == b"J\xfcrgen"


def test_cell_over_several_lines(bring_in, refused_rows):
    bring_in(KIND, "emailAddress,givenName,userId", 'a@example.org,"A\nB",u-1', "nobody,,u-2", part_size=1)

    assert User.objects.get().given_name == "A\nB"
    assert refused_rows()[0][0] == "4"


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("givenName", "missing: emailAddress"),
        ("emailAddress,email_address", "twice: emailAddress"),
        ("", "missing"),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_bad_header(bring_in, header, reason):
    with pytest.raises(BadTable, match=reason):
        bring_in(KIND, header, "x")


def test_unknown_columns_are_named(bring_in):
    result = bring_in(KIND, "emailAddress;Shoe;userId", "a@example.org;38;u-1")

    assert result.ignored_columns == ("Shoe",)


def test_progress(bring_in):
    seen = []

    bring_in(KIND, HEADER, *lines(1, 2, 3), part_size=1, progress=seen.append)

    assert seen == sorted(seen)
    assert seen[-1] == 1.0
