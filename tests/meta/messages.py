"""The texts people read, and their German. `python -m tests.meta.messages` updates the .po file and compiles it."""

import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.utils.translation.template import templatize

CLONE = Path(__file__).resolve().parents[2]
PO_FILE = CLONE / "locale" / "de" / "LC_MESSAGES" / "django.po"
PACKAGES = ("selfservice", "integrations", "loyalty_api")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


@dataclass
class Text:
    """One text to translate, and where it stands."""

    msgid: str
    plural: str = ""
    context: str | None = None
    places: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[str | None, str]:
        return self.context, self.msgid


def all_texts() -> dict[tuple[str | None, str], Text]:
    texts: dict[tuple[str | None, str], Text] = {}
    for path, source in _sources():
        for text in _texts_of(source, str(path.relative_to(CLONE))):
            known = texts.setdefault(text.key, text)
            known.plural = known.plural or text.plural
            known.places += [place for place in text.places if place not in known.places]
    return texts


def compiled(po: polib.POFile) -> bytes:
    """The same bytes for the same texts, so that a test can compare."""
    return po.to_binary()


def update() -> list[str]:
    """Adds what is new, drops what is gone, compiles. Returns the texts that lack a translation."""
    po = polib.pofile(str(PO_FILE), wrapwidth=110) if PO_FILE.exists() else _new_file()
    known = {(entry.msgctxt, entry.msgid): entry for entry in po}
    texts = all_texts()
    po[:] = [_entry(text, known.get(key)) for key, text in sorted(texts.items(), key=lambda item: item[1].places[0])]
    po.save(str(PO_FILE))
    PO_FILE.with_suffix(".mo").write_bytes(compiled(po))
    return [entry.msgid for entry in po if not entry.translated()]


def _sources() -> Iterator[tuple[Path, str]]:
    """Python files as they are, templates as Python that calls gettext."""
    for folder in PACKAGES:
        for path in sorted((CLONE / folder).rglob("*.py")):
            yield path, path.read_text()
    for folder in (*PACKAGES, "templates"):
        found = (path for ending in ("*.html", "mail/*.txt") for path in (CLONE / folder).rglob(ending))
        for path in sorted(found):
            # Brackets make the indentation of a template mean nothing.
            yield path, f"({templatize(path.read_text(), origin=str(path))})"


def _texts_of(source: str, place: str) -> Iterator[Text]:
    for _line, message, _comments, context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
        parts = message if isinstance(message, tuple) else (message,)
        yield Text(parts[0], parts[1] if len(parts) > 1 else "", context, [place])


def _entry(text: Text, known: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(msgid=text.msgid, msgctxt=text.context, occurrences=[(place, "") for place in text.places])
    if "%(" in text.msgid:
        entry.flags.append("python-format")
    if text.plural:
        entry.msgid_plural = text.plural
        entry.msgstr_plural = known.msgstr_plural if known and known.msgstr_plural else {0: "", 1: ""}
    else:
        entry.msgstr = known.msgstr if known else ""
    return entry


def _new_file() -> polib.POFile:
    po = polib.POFile(wrapwidth=110)
    po.metadata = {
        "Project-Id-Version": "selfservice",
        "Language": "de",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    return po


if __name__ == "__main__":
    untranslated = update()
    sys.stdout.write("".join(f"no German yet: {msgid}\n" for msgid in untranslated))
    sys.exit(bool(untranslated))
