"""What a guide says in bold are words that a reader finds on the pages, spelled as they are there."""

import re

import polib
import pytest

from selfservice.guide.anchors import tokens_of
from selfservice.guide.documents import GUIDE, TRANSLATED, clone
from tests.meta import addresses
from tests.meta.messages import PO_FILE

# What stands in Braze, names of integrations, and what Django calls a table of its pages.
ELSEWHERE = {"Settings → API Keys", "Braze", "Second factors"}
ARROW = " → "
# Chapters of the guide about pages that a namespace of their own has.
CHAPTERS = {"reports", "alerts"}


def labels(language):
    """Of all pages, in this language."""
    for entry in polib.pofile(str(PO_FILE)):
        texts = (entry.msgid, entry.msgid_plural) if language == "en" else (entry.msgstr, *entry.msgstr_plural.values())
        yield from (text.replace("%(title)s", "Braze") for text in texts)


def in_bold(file):
    """Not what begins a paragraph and ends with a dot or a colon: that is a heading of its own."""
    for token in tokens_of((clone() / file).read_text()):
        for text in re.findall(r"\*\*(.+?)\*\*", " ".join(token.content.split())) if token.type == "inline" else ():
            if not token.content.startswith(f"**{text}**") or text[-1] not in ".:":
                yield text


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", TRANSLATED)
def test_words_in_bold_stand_on_a_page(name, language):
    missing = CHAPTERS - {address.name.partition(":")[0] for address in addresses.of_programs()}
    if name == GUIDE and missing:
        pytest.skip(f"no pages yet for: {', '.join(sorted(missing))}")
    known = ELSEWHERE | set(labels(language))
    found = set(in_bold(TRANSLATED[name][language])) - known

    assert [text for text in sorted(found) if not set(text.split(ARROW)) <= known] == []
