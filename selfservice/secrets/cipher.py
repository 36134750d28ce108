"""Encrypts what is stored: AES-256-GCM, with the key's name in the value, so that keys can be changed at leisure."""

import base64
import hashlib
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION = "v1"
_NONCE_BYTES = 12


class CannotDecrypt(Exception):
    """The value was encrypted with a key that is not in FIELD_ENCRYPTION_KEYS, or it was changed."""


def encrypt(text: str, *, keys: Sequence[bytes] | None = None) -> str:
    """Encrypts with the first key. The same text gives another value each time."""
    key = (keys or settings.FIELD_ENCRYPTION_KEYS)[0]
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), _VERSION.encode())
    return f"{_VERSION}:{_key_id(key)}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def decrypt(value: str, *, keys: Sequence[bytes] | None = None) -> str:
    """Raises CannotDecrypt."""
    version, _, rest = value.partition(":")
    key_id, _, body = rest.partition(":")
    for key in keys or settings.FIELD_ENCRYPTION_KEYS:
        if version == _VERSION and _key_id(key) == key_id:
            return _open(key, body)
    raise CannotDecrypt(
        "A stored secret cannot be read: its key is missing from FIELD_ENCRYPTION_KEYS. "
        "Add the former key to the end of the list."
    )


def is_current(value: str, *, keys: Sequence[bytes] | None = None) -> bool:
    """Whether the value was encrypted with the first key."""
    return value.startswith(f"{_VERSION}:{_key_id((keys or settings.FIELD_ENCRYPTION_KEYS)[0])}:")


def _open(key: bytes, body: str) -> str:
    try:
        raw = base64.urlsafe_b64decode(body)
        return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _VERSION.encode()).decode()
    except (InvalidTag, ValueError):
        # ValueError: the value is not even complete.
        raise CannotDecrypt("A stored secret was changed outside the product; enter it again.") from None


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"field-key:" + key).hexdigest()[:8]
