"""What makes one call the repeat of another."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from integrations.inbound.errors import DoorError
from integrations.inbound.fields import has_liquid

HEADER = "Idempotency-Key"
# Comes with an answer that was given before.
REPLAYED = "Idempotent-Replayed"
# What Braze renders where nothing is sent: in previews and tests, for everybody alike.
PREVIEW_DISPATCH = "dispatch_id_for_unsent_campaign"
_VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class CallIdentity:
    """`key` tells a call from others of its program, `call` what it asks for. Without a key or a dispatch of the
    caller's it `is_named` no, and only what got no final answer is repeated."""

    program_id: int
    key: bytes
    call: bytes
    is_named: bool


def identify(
    *, program_id: int, endpoint: str, place: Mapping[str, Any], header: str | None, dispatch_id: object, body: bytes
) -> CallIdentity:
    """`place` is what the address names. Raises DoorError (400) for a header that cannot be a key."""
    ids = [f"{name}={value}" for name, value in sorted(place.items())]
    call = _digest(endpoint, *ids, body)
    if header is not None:
        header = header.strip()
        _require_key(header)
        if not _is_of_preview(header):
            return CallIdentity(program_id, _digest("key", header), call, is_named=True)
    elif isinstance(dispatch_id, str) and dispatch_id.strip() and not _is_of_preview(dispatch_id):
        return CallIdentity(program_id, _digest("dispatch", dispatch_id, call), call, is_named=True)
    return CallIdentity(program_id, _digest("call", call), call, is_named=False)


def _is_of_preview(name: str) -> bool:
    """Also with something before or behind it, as keys are made of it and of what is done to whom."""
    return PREVIEW_DISPATCH in name


def _require_key(header: str) -> None:
    if not header:
        problem = "is empty. If it comes from Liquid, it was rendered as nothing."
    elif has_liquid(header):
        problem = "holds unrendered Liquid. Check the placeholder's name in Braze."
    elif not _VISIBLE.fullmatch(header):
        problem = "takes 1 to 255 visible ASCII characters."
    else:
        return
    text = f"The header {HEADER} {problem}"
    raise DoorError(400, "validation_failed", text, fields={HEADER: [text]})


def _digest(*parts: str | bytes) -> bytes:
    """Each part with its length, so that no two lists of parts look alike."""
    found = sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode()
        found.update(len(data).to_bytes(8, "big") + data)
    return found.digest()
