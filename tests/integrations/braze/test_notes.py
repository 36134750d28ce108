"""The notes of the mapping in the reader's language."""

import json
import re
from pathlib import Path

import pytest
from django.utils import translation

from integrations.braze import mapping
from integrations.braze.notes import note_in_words

STRINGS = re.compile(r'f?"((?:[^"\\]|\\.)*)"')
FOLDER = Path(mapping.__file__).parent


def written_notes():
    """The texts of all notes in the mapping's source, with something in the place of what is worked out."""
    for path in FOLDER.glob("*.py"):
        for call in re.findall(r"notes\.(?:append|extend)\((.*)\)\n", path.read_text()):
            text = re.sub(r"\{'empty' if .*? else '(.*?)'\}", r"\1", call)
            for found in STRINGS.findall(text):
                if ": " in found:
                    yield re.sub(r"\{[^{}]*(\{[^{}]*\})?[^{}]*\}", "7", found)


def test_every_note_has_its_german():
    notes = sorted(set(written_notes()))

    with translation.override("de"):
        english = [note for note in notes if note_in_words(note) == note]

    assert len(notes) > 40
    assert english == []


@pytest.mark.parametrize(
    ("note", "german"),
    [
        ("phone: left out, not a phone number", "phone: weggelassen, keine Telefonnummer"),
        ("a: b: cut to 25 elements", "a: b: auf 25 Elemente gekürzt"),
        ("100%: left out, not a text", "100%: weggelassen, kein Text"),
        ("country: sent as DE", "country: als DE gesendet"),
        ("12 more values", "12 more values"),
    ],
)
def test_note_keeps_names_and_numbers(note, german):
    with translation.override("de"):
        assert note_in_words(note) == german


def test_note_in_english_is_as_it_was_written():
    notes = sorted(set(written_notes()))

    assert json.dumps([note_in_words(note) for note in notes]) == json.dumps(notes)
