"""What kind of image some bytes are, and how large. Pure; it reads heads, and believes no name and no stated type."""

from collections.abc import Iterator
from dataclasses import dataclass

PNG, JPEG, GIF, WEBP = "image/png", "image/jpeg", "image/gif", "image/webp"
ENDINGS = {PNG: "png", JPEG: "jpg", GIF: "gif", WEBP: "webp"}
# Frames of a JPEG that tell its size; the four between them tell tables.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})


@dataclass(frozen=True, slots=True)
class ImageHead:
    """Width and height are pixels."""

    content_type: str
    width: int
    height: int


def read_head(content: bytes) -> ImageHead | None:
    """None for what is no image of the four kinds, or is cut off before it says how large it is."""
    for content_type, size in ((PNG, _png), (JPEG, _jpeg), (GIF, _gif), (WEBP, _webp)):
        found = size(content)
        if found and all(found):
            return ImageHead(content_type, *found)
    return None


def is_drawing(content: bytes) -> bool:
    """An SVG, which could carry script."""
    return b"<svg" in content[:4096].lower()


def _png(content: bytes) -> tuple[int, int] | None:
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or content[12:16] != b"IHDR" or len(content) < 24:
        return None
    return _big(content[16:20]), _big(content[20:24])


def _gif(content: bytes) -> tuple[int, int] | None:
    if content[:6] not in (b"GIF87a", b"GIF89a") or len(content) < 10:
        return None
    return _little(content[6:8]), _little(content[8:10])


def _webp(content: bytes) -> tuple[int, int] | None:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < 30:
        return None
    kind = content[12:16]
    if kind == b"VP8X":
        return 1 + _little(content[24:27]), 1 + _little(content[27:30])
    if kind == b"VP8L" and content[20] == 0x2F:
        bits = _little(content[21:25])
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        return _little(content[26:28]) & 0x3FFF, _little(content[28:30]) & 0x3FFF
    return None


def _jpeg(content: bytes) -> tuple[int, int] | None:
    if not content.startswith(b"\xff\xd8\xff"):
        return None
    for marker, at in _segments(content):
        if marker in _FRAMES and len(content) >= at + 9:
            return _big(content[at + 7 : at + 9]), _big(content[at + 5 : at + 7])
    return None


def _segments(content: bytes) -> Iterator[tuple[int, int]]:
    """Each marker of a JPEG and where it stands, up to the picture itself."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        yield marker, at
        if marker == 0xFF:
            at += 1
        elif marker in _ALONE:
            at += 2
        else:
            at += 2 + _big(content[at + 2 : at + 4])


def _big(number: bytes) -> int:
    return int.from_bytes(number, "big")


def _little(number: bytes) -> int:
    return int.from_bytes(number, "little")
