"""Takes secrets out of what is kept of a call. The one filter for all that is stored or logged."""

import re

MAX_BODY_CHARACTERS = 16 * 1024

_KEYS = re.compile(r"cvc_[A-Za-z0-9_-]{8,}")
_BEARER = re.compile(r"(?i)\b(bearer)\s+[A-Za-z0-9._~+/=-]{8,}")
# A value may lack its end, the text having been cut there.
_FIELDS = re.compile(
    r'(?i)("(?:api_?key|password|token|secret|authorization|x-convercus-key)"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|\\?\Z)'
)


_FIELD_NAMES = ("key", "password", "token", "secret", "authorization")


def redact(text: str) -> str:
    """The text without keys, tokens and passwords."""
    if "cvc_" in text:
        text = _KEYS.sub(lambda found: found.group()[:12] + "…", text)
    # Most texts hold none of the words, and looking for words alone is quicker by far. Beyond ASCII the expressions
    # know more forms of a letter than `lower` does.
    plain = text.lower() if text.isascii() else ""
    if not plain or "bearer" in plain:
        text = _BEARER.sub(r"\1 ***", text)
    if not plain or any(name in plain for name in _FIELD_NAMES):
        text = _FIELDS.sub(r'\1"***"', text)
    return text


def storable(body: bytes) -> str:
    """A body as the call log keeps it: text without secrets and NUL, cut at 16 KiB; of other data only its size."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return f"({len(body)} bytes that are no text)"
    text = redact(text[: MAX_BODY_CHARACTERS + 1]).replace("\x00", "�")
    return text if len(text) <= MAX_BODY_CHARACTERS else text[:MAX_BODY_CHARACTERS] + "…"
