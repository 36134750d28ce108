"""Every text has its German, and what is compiled is what is written."""

import re
import string

import polib
import pytest

from tests.meta.messages import PO_FILE, all_texts, compiled

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
MARKUP = re.compile(r"</?\w+[^>]*>")


@pytest.fixture(scope="module")
def german():
    return polib.pofile(str(PO_FILE))


def test_translations_complete(german):
    translated = {(entry.msgctxt, entry.msgid) for entry in german if entry.translated()}

    missing = [text.msgid for key, text in all_texts().items() if key not in translated]

    assert not missing, "Add them with python -m tests.meta.messages and translate them in the .po file."


def test_translations_hold_nothing_stale(german):
    stale = {entry.msgid for entry in german} - {text.msgid for text in all_texts().values()}

    assert not stale, "python -m tests.meta.messages drops them."


def test_translations_compiled(german):
    assert PO_FILE.with_suffix(".mo").read_bytes() == compiled(german), "python -m tests.meta.messages compiles."


def test_translations_keep_placeholders_and_markup(german):
    for entry in german:
        for german_text in entry.msgstr_plural.values() or [entry.msgstr]:
            for pattern in (PLACEHOLDER, MARKUP):
                assert sorted(pattern.findall(german_text)) == sorted(pattern.findall(entry.msgid)), entry.msgid


def test_extraction_finds_python_and_templates():
    texts = {text.msgid: text for text in all_texts().values()}

    assert texts["Look into your mailbox"].places == ["templates/accounts/link_asked.html"]
    assert texts["Open this address to accept:"].places == ["templates/mail/invitation.txt"]
    assert texts["Streaming"].places == ["integrations/connections/models.py"]
    assert "%(count)s" in texts["%(count)s retired place"].plural
    assert not [msgid for msgid in texts if not msgid.strip(string.whitespace)]
