"""Checks the key of a call."""

import hmac
import ipaddress
from datetime import datetime, timedelta

from django.db.models import Q

from integrations.keys.models import ApiKey
from integrations.keys.secret_keys import digest_of, is_well_formed, prefix_of

HEADER = "X-Convercus-Key"
# The last use is kept to the minute, so that a busy key does not write its row with every call.
_LAST_USE_STEP = timedelta(minutes=1)


class KeyRefused(Exception):
    """The key is missing, malformed, unknown, revoked, expired, of another program, or used from a forbidden address.

    The caller learns none of that: every case gets the same answer.
    """


def authenticate(*, raw: str, program_code: str, address: str, now: datetime) -> ApiKey:
    """The key, with its program. One query; none for a key that cannot be one. Raises KeyRefused."""
    if not is_well_formed(raw):
        raise KeyRefused
    key = ApiKey.objects.select_related("program").filter(prefix=prefix_of(raw)).first()
    stored = bytes(key.digest) if key else bytes(32)
    if not hmac.compare_digest(stored, digest_of(raw)) or key is None:
        raise KeyRefused
    if key.program.code != program_code or key.state_at(now) != "active" or not _is_allowed(key, address):
        raise KeyRefused
    return key


def note_use(*, key: ApiKey, now: datetime) -> None:
    if key.last_used_at is None or now - key.last_used_at >= _LAST_USE_STEP:
        unused_since = Q(last_used_at=None) | Q(last_used_at__lt=now - _LAST_USE_STEP)
        ApiKey.objects.filter(unused_since, pk=key.pk).update(last_used_at=now)


def _is_allowed(key: ApiKey, address: str) -> bool:
    if not key.allowed_networks:
        return True
    try:
        client = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(client in ipaddress.ip_network(network) for network in key.allowed_networks)
