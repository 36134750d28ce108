"""CSV that a spreadsheet can be trusted with."""

import csv
import io

import pytest

from selfservice.ui.csv import csv_answer


def read(rows, head=("name", "points")):
    answer = csv_answer(filename="members.csv", head=head, rows=rows)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return answer, text


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t", "\r", "\uff1d"])
def test_b12_formulas_become_texts(mark):
    _answer, text = read([[f"{mark}cmd|' /C calc'!A0", -20]])

    assert list(csv.reader(io.StringIO(text, newline="")))[1] == [f"'{mark}cmd|' /C calc'!A0", "-20"]


def test_b12_quotes_and_line_ends_stay_in_their_cell():
    value = 'She said "no",\nand left'

    _answer, text = read([[value, None]])

    assert list(csv.reader(io.StringIO(text, newline="")))[1] == [value, ""]
    assert text.startswith("name,points\r\n")


def test_rows_are_read_as_they_are_sent():
    read_so_far = []
    answer = csv_answer(filename="a.csv", head=["n"], rows=(read_so_far.append(n) or [n] for n in range(3)))

    lines = iter(answer.streaming_content)
    next(lines)
    next(lines)

    assert read_so_far == [0]
    assert answer["Content-Disposition"] == 'attachment; filename="a.csv"'
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
