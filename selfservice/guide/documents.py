"""Which documents there are, in which languages, and who may read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

GUIDE, OPERATORS = "guide", "operators"
# Every other document is in the first language alone.
TRANSLATED = {GUIDE: {"en": "docs/guide.md", "de": "docs/anleitung.md"}}
TRANSLATED |= {OPERATORS: {"en": "docs/operators.md", "de": "docs/betrieb.md"}}
OUTSIDE = {"changelog": "CHANGELOG.md"}
# What the people of a program need too; everything else is about running the installation.
_FOR_EVERYBODY = (GUIDE, "integrations/")


@dataclass(frozen=True, slots=True)
class Document:
    """`name` stands in its address. `files` are those of its languages, as the clone names them."""

    name: str
    files: Mapping[str, str]

    @property
    def is_for_operators(self) -> bool:
        return not self.name.startswith(_FOR_EVERYBODY)

    def language_for(self, wanted: str) -> str:
        return wanted if wanted in self.files else "en"

    def path(self, language: str) -> Path:
        return clone() / self.files[language]

    def address(self, *, chosen: str = "") -> str:
        """`chosen`: in this language, whatever the reader's is."""
        base = reverse("guide:guide") if self.name == GUIDE else reverse("guide:document", args=[self.name])
        return f"{base}?{urlencode({'in': chosen})}" if chosen else base


def clone() -> Path:
    return Path(settings.BASE_DIR)


@cache
def all_documents() -> Mapping[str, Document]:
    """By name."""
    translated = {file for files in TRANSLATED.values() for file in files.values()}
    found = {path.relative_to(clone()).as_posix() for path in (clone() / "docs").rglob("*.md")} - translated
    files: dict[str, Mapping[str, str]] = {
        file.removeprefix("docs/").removesuffix(".md"): {"en": file} for file in found
    }
    files |= {name: {"en": file} for name, file in OUTSIDE.items()} | TRANSLATED
    return {name: Document(name, files[name]) for name in sorted(files)}


@cache
def by_file() -> Mapping[str, tuple[Document, str]]:
    """The document and the language of each file."""
    return {file: (each, language) for each in all_documents().values() for language, file in each.files.items()}
