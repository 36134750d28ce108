"""Which API keys are let in."""

from collections.abc import Iterable


class KeyRing:
    """Without keys of its own it lets every key in that has not been revoked."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self._known = frozenset(keys)
        self._revoked: set[str] = set()

    def accepts(self, key: str) -> bool:
        return bool(key) and key not in self._revoked and (not self._known or key in self._known)

    def revoke(self, key: str) -> None:
        self._revoked.add(key)

    def restore(self, key: str) -> None:
        self._revoked.discard(key)

    def revoked(self) -> list[str]:
        return sorted(masked(key) for key in self._revoked)


def masked(key: str) -> str:
    """The last four characters, or nothing of a key that would be given away by them."""
    return key[-4:] if len(key) > 4 else "****"


def bearer_key(authorization: str) -> str:
    """The key of a well-formed Authorization header, else an empty text."""
    scheme, _, key = authorization.partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
