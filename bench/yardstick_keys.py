"""The key of the bare application: how it is sent and how it is kept. Knows no Django."""

import hashlib

KEY_HEADER = "X-Bare-Key"
BARE_KEY = "bare-key-of-the-benchmarks"


def bare_digest(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()
