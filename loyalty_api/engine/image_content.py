"""What kind of image some bytes are, how large, and whether they go on to its end. Pure; it believes no name and no
stated type, and unpacks no picture."""

import zlib
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


def is_whole(content: bytes, content_type: str) -> bool:
    """Whether what follows the head is built as such an image is, with a picture in it and its end. What stands behind
    the end is looked at by nobody, as in every viewer."""
    return _WHOLE[content_type](content)


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


def _png_is_whole(content: bytes) -> bool:
    """Chunks up to the last one, each with the sum that it states."""
    at, has_picture = 8, False
    while at + 12 <= len(content):
        kind, end = content[at + 4 : at + 8], at + 8 + _big(content[at : at + 4])
        if end + 4 > len(content) or zlib.crc32(content[at + 4 : end]) != _big(content[end : end + 4]):
            return False
        if kind == b"IEND":
            return has_picture
        has_picture = has_picture or kind == b"IDAT"
        at = end + 4
    return False


def _gif_is_whole(content: bytes) -> bool:
    at, has_picture = 13 + _colours(content, 10), False
    while at < len(content):
        if content[at] == 0x3B:
            return has_picture
        if content[at] == 0x21:
            at = _behind_blocks(content, at + 2)
        elif content[at] == 0x2C:
            has_picture = True
            at = _behind_blocks(content, at + 11 + _colours(content, at + 9))
        else:
            return False
    return False


def _colours(content: bytes, flags_at: int) -> int:
    """How many bytes the table of colours has that these flags announce."""
    flags = content[flags_at] if flags_at < len(content) else 0
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _behind_blocks(content: bytes, at: int) -> int:
    while at < len(content) and content[at]:
        at += 1 + content[at]
    return at + 1


def _webp_is_whole(content: bytes) -> bool:
    at, end, has_picture = 12, 8 + _little(content[4:8]), False
    while at + 8 <= end <= len(content):
        has_picture = has_picture or content[at : at + 4] in (b"VP8 ", b"VP8L", b"ANMF")
        size = _little(content[at + 4 : at + 8])
        at += 8 + size + size % 2
    return has_picture and at == end


def _jpeg_is_whole(content: bytes) -> bool:
    """Within a picture no byte of it looks like its end."""
    starts = (at for marker, at in _segments(content) if marker == 0xDA)
    start = next(starts, None)
    return start is not None and content.find(b"\xff\xd9", start) > 0


_WHOLE = {PNG: _png_is_whole, JPEG: _jpeg_is_whole, GIF: _gif_is_whole, WEBP: _webp_is_whole}


def _big(number: bytes) -> int:
    return int.from_bytes(number, "big")


def _little(number: bytes) -> int:
    return int.from_bytes(number, "little")
