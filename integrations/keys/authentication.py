"""Checks the key of a call."""

import hmac
import ipaddress
from datetime import datetime, timedelta

from django.db.models import Q

from integrations.keys.models import ApiKey
from integrations.keys.secret_keys import digest_of, is_well_formed, prefix_of
from loyalty_api.client.factory import remember_platform
from loyalty_api.client.models import LoyaltyPlatform
from selfservice.database import rows
from selfservice.programs.models import Program

# X-Convercus-Key, as it stands in a request's META.
HEADER = "HTTP_X_CONVERCUS_KEY"
# The last use is kept to the minute, so that a busy key does not write its row with every call.
_LAST_USE_STEP = timedelta(minutes=1)
# By hand, because every message that Braze renders waits for it: all that a door has to know of a program comes along.
# A platform's row that is of no remote one says nothing that its absence would not.
_KEY = rows.statement(
    """
SELECT {k}, {p}, {l} FROM keys_apikey k JOIN programs_program p ON p.id = k.program_id
  LEFT JOIN loyalty_client_loyaltyplatform l ON l.program_id = p.id AND l.kind = 'remote'
 WHERE k.prefix = %(prefix)s
""",
    k=ApiKey,
    p=Program,
    l=LoyaltyPlatform,
)


class KeyRefused(Exception):
    """The key is missing, malformed, unknown, revoked, expired, of another program, or used from a forbidden address.

    The caller learns none of that: every case gets the same answer.
    """


def authenticate(*, raw: str, program_code: str, address: str, now: datetime) -> ApiKey:
    """The key, with its program and the program's platform. One query; none for a key that cannot be one.

    Raises KeyRefused.
    """
    if not is_well_formed(raw):
        raise KeyRefused
    key = _stored_key(prefix_of(raw))
    stored = bytes(key.digest) if key else bytes(32)
    if not hmac.compare_digest(stored, digest_of(raw)) or key is None:
        raise KeyRefused
    if key.program.code != program_code or key.state_at(now) != "active" or not _is_allowed(key, address):
        raise KeyRefused
    return key


def _stored_key(prefix: str) -> ApiKey | None:
    found = rows.read(_KEY, {"prefix": prefix})
    if not found:
        return None
    [row] = found
    program_from = rows.width(ApiKey)
    platform_from = program_from + rows.width(Program)
    key = rows.made(ApiKey, row[:program_from])
    key.program = rows.made(Program, row[program_from:platform_from])
    platform = row[platform_from:]
    remember_platform(key.program, None if platform[0] is None else rows.made(LoyaltyPlatform, platform))
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
