"""Where a link or a picture of a document leads when it is read as a page."""

import posixpath
import struct
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.templatetags.static import static

from selfservice.guide.documents import by_file, clone

PICTURES = "docs/screenshots/"
# Where settings serve the pictures.
STATIC_PREFIX = "guide"
# Where a PNG says how wide and how high it is.
_SIZE = slice(16, 24)


@dataclass(frozen=True, slots=True)
class Picture:
    """Its size in pixels keeps the page from moving while it loads."""

    address: str
    width: int
    height: int


def place_of(link: str, *, file: str) -> tuple[str, str]:
    """The file that a relative link of `file` names, both as the clone names them, and its anchor."""
    parts = urlsplit(link)
    path = posixpath.normpath(posixpath.join(posixpath.dirname(file), parts.path)) if parts.path else file
    return path, parts.fragment


def address_of(link: str, *, file: str, for_operators: bool) -> str:
    """Empty where there is no page to lead to, or none that this reader may see."""
    if urlsplit(link).scheme or link.startswith("#"):
        return link
    path, fragment = place_of(link, file=file)
    anchor = f"#{fragment}" if fragment else ""
    if path not in by_file():
        return ""
    document, language = by_file()[path]
    if document.is_for_operators and not for_operators:
        return ""
    # One that leads to the same document in the other language means just that.
    is_other = by_file()[file][0] == document and by_file()[file][1] != language
    return document.address(chosen=language if is_other else "") + anchor


def picture_of(link: str, *, file: str) -> Picture:
    path, _fragment = place_of(link, file=file)
    with (clone() / path).open("rb") as content:
        width, height = struct.unpack(">II", content.read(_SIZE.stop)[_SIZE])
    return Picture(static(f"{STATIC_PREFIX}/{path.removeprefix(PICTURES)}"), width, height)
