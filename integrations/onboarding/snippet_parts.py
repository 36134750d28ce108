"""The parts of a snippet as the page shows them: each has a button that copies it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from integrations.keys.models import Scope
from integrations.shown import Snippet

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


@dataclass(frozen=True, slots=True)
class ShownPart:
    id: str
    label: "StrOrPromise"
    text: str
    is_long: bool = False


@dataclass(frozen=True, slots=True)
class ShownSnippet:
    """`scope` is what the key needs for it, in words."""

    snippet: Snippet
    parts: tuple[ShownPart, ...]
    scope: str


def shown(snippet: Snippet) -> ShownSnippet:
    scope = str(Scope(snippet.scope).label) if snippet.scope else ""
    return ShownSnippet(snippet, tuple(_parts(snippet)), scope)


def _parts(snippet: Snippet) -> Iterator[ShownPart]:
    slug = snippet.slug
    if snippet.block:
        yield ShownPart(f"{slug}-block", _("Text for a message"), snippet.block, is_long=True)
        return
    yield ShownPart(f"{slug}-url", f"{snippet.method} · URL", snippet.url)
    for number, (name, value) in enumerate(snippet.headers, start=1):
        yield ShownPart(f"{slug}-header-{number}", name, value)
    yield ShownPart(f"{slug}-body", _("Body, as raw text"), snippet.body, is_long=True)
