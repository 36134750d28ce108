import asyncio
import json
import os

import pytest

from simulators.journal import RECENT_ENTRIES, Journal


@pytest.fixture
def open_journal(tmp_path):
    """Opens journals on one file and closes them in the end."""
    opened = []

    def open_one():
        opened.append(Journal(tmp_path / "journal"))
        return opened[-1]

    yield open_one
    for journal in opened:
        journal.close()


def record(journal, *entries):
    async def run():
        await asyncio.gather(*(journal.record(entry) for entry in entries))

    asyncio.run(run())


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_record_returns_only_when_the_line_is_synced(tmp_path, monkeypatch, open_journal):
    path = tmp_path / "journal"
    sizes = []
    real = os.fsync
    monkeypatch.setattr(
        "simulators.journal.os.fsync", lambda number: (sizes.append(os.fstat(number).st_size), real(number))
    )
    journal = open_journal()

    record(journal, {"a": 1})

    assert sizes == [path.stat().st_size]
    assert lines(path) == [{"n": 1, "a": 1}]


def test_record_of_many_at_once_shares_syncs_and_keeps_the_order(tmp_path, monkeypatch, open_journal):
    syncs = []
    monkeypatch.setattr("simulators.journal.os.fsync", syncs.append)
    journal = open_journal()

    record(journal, *({"i": number} for number in range(100)))

    assert [entry["n"] for entry in lines(tmp_path / "journal")] == list(range(1, 101))
    assert len(syncs) < 10


def test_record_fails_when_the_disk_does(tmp_path, monkeypatch, capsys, open_journal):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("simulators.journal.os.fsync", full)

    with pytest.raises(OSError, match="No space"):
        record(open_journal(), {"a": 1})

    assert "cannot be written" in capsys.readouterr().err


def test_journal_goes_on_counting_in_an_old_file(tmp_path, open_journal):
    path = tmp_path / "journal"
    first = open_journal()
    record(first, {"text": "x" * 200_000}, {})
    first.close()

    record(open_journal(), {})

    assert [entry["n"] for entry in lines(path)] == [1, 2, 3]


def test_journal_cuts_off_a_torn_line(tmp_path, open_journal):
    path = tmp_path / "journal"
    path.write_text('{"n":1,"at":2}\n{"n":2,"a')

    record(open_journal(), {})

    assert [entry["n"] for entry in lines(path)] == [1, 2]


@pytest.mark.parametrize("content", ["a letter to grandmother", "one\ntwo\n", '{"m":1}\n', '{"n":1}\nmore'])
def test_journal_leaves_a_foreign_file_alone(tmp_path, content, open_journal):
    path = tmp_path / "journal"
    path.write_text(content)

    with pytest.raises(ValueError, match="journal entry"):
        open_journal()

    assert path.read_text() == content


def test_recent_gives_the_newest_after_a_number():
    journal = Journal()
    record(journal, *({} for _ in range(RECENT_ENTRIES + 5)))

    everything = json.loads(journal.recent(since=0, limit=RECENT_ENTRIES))
    some = json.loads(journal.recent(since=RECENT_ENTRIES, limit=2))
    none = json.loads(journal.recent(since=0, limit=0))

    assert len(everything["entries"]) == RECENT_ENTRIES
    assert [entry["n"] for entry in some["entries"]] == [RECENT_ENTRIES + 4, RECENT_ENTRIES + 5]
    assert none == {"last": RECENT_ENTRIES + 5, "entries": []}
