"""The form of a raw key: `cvc_` + base64url of 32 random bytes and a checksum of 4, which finds typos."""

import base64
import binascii
import hashlib
import os
import re
import zlib

_PATTERN = re.compile(r"cvc_[A-Za-z0-9_-]{48}\Z")
_RANDOM_BYTES = 32


def generate_key() -> str:
    secret = os.urandom(_RANDOM_BYTES)
    key = "cvc_" + base64.urlsafe_b64encode(secret + _checksum(secret)).decode()
    # A prefix that begins with a hyphen would look like an option on the command line.
    return generate_key() if key[4] == "-" else key


def is_well_formed(raw: str) -> bool:
    """Whether this can be a key at all; asks nobody, so that a typo costs no query."""
    if not _PATTERN.match(raw):
        return False
    try:
        decoded = base64.urlsafe_b64decode(raw[4:])
    except binascii.Error:
        return False
    return decoded[_RANDOM_BYTES:] == _checksum(decoded[:_RANDOM_BYTES])


def prefix_of(raw: str) -> str:
    return raw[4:12]


def digest_of(raw: str) -> bytes:
    """A plain hash suffices: 32 random bytes cannot be guessed, and the doors are called too often for a slow one."""
    return hashlib.sha256(raw.encode()).digest()


def _checksum(secret: bytes) -> bytes:
    return zlib.crc32(b"cvc" + secret).to_bytes(4, "big")
