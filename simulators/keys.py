"""Which API keys are let in, what each may do, and from where."""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network


class KeyRing:
    """Without keys of its own it lets every key in that has not been revoked. A key may do everything from everywhere
    until it is restricted."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self._known = frozenset(keys)
        self._revoked: set[str] = set()
        self._permissions: dict[str, frozenset[str]] = {}
        self._networks: dict[str, tuple[str, ...]] = {}

    def accepts(self, key: str) -> bool:
        return bool(key) and key not in self._revoked and (not self._known or key in self._known)

    def permits(self, key: str, permission: str) -> bool:
        granted = self._permissions.get(key)
        return granted is None or permission in granted

    def admits_from(self, key: str, address: str) -> bool:
        networks = self._networks.get(key)
        return not networks or any(ip_address(address) in ip_network(each) for each in networks)

    def restrict(self, key: str, permissions: Iterable[str] | None) -> None:
        """None gives every permission back."""
        self._permissions.pop(key, None)
        if permissions is not None:
            self._permissions[key] = frozenset(permissions)

    def bind(self, key: str, networks: Iterable[str]) -> None:
        """Raises ValueError for what is no address or network. Without any the key is free again."""
        texts = tuple(str(ip_network(each)) for each in networks)
        self._networks.pop(key, None)
        if texts:
            self._networks[key] = texts

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
