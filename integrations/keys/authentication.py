"""Checks the key of a call."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from integrations.keys.models import ApiKey
from integrations.keys.secret_keys import digest_of, is_well_formed, prefix_of
from loyalty_api.client.factory import remember_platform
from loyalty_api.client.models import LoyaltyPlatform
from selfservice.database import rows
from selfservice.database.rows import NOTHING, Along
from selfservice.programs.models import Program

HEADER = "X-Convercus-Key"
# The same as it stands in a request's META.
META_KEY = "HTTP_X_CONVERCUS_KEY"
# By hand, because every message that Braze renders waits for it: all that a door has to know of a program comes along.
# A platform's row that is of no remote one says nothing that its absence would not.
# Whatever is wrong with a key, no row comes back and nothing is left to do, so that no cause takes longer than another.
# How far two digests agree is nothing that a caller could use: what is secret is what the digest was made of.
# What goes along is read for a valid key only, for the same reason: it names the key, and is planned apart, since the
# planner would as soon look for a program's member before it looks at the key.
_KEY = rows.statement(
    """
SELECT {k}, {p}, {l}, along.* FROM keys_apikey k JOIN programs_program p ON p.id = k.program_id
  LEFT JOIN loyalty_client_loyaltyplatform l ON l.program_id = p.id AND l.kind = 'remote'
  LEFT JOIN LATERAL (SELECT * FROM (--along--) a WHERE k.program_id = p.id OFFSET 0) along ON true
 WHERE k.prefix = %(prefix)s AND k.digest = %(digest)s AND p.code = %(code)s AND k.revoked_at IS NULL
   AND (k.expires_at IS NULL OR k.expires_at > %(now)s)
   AND (k.allowed_networks = '{{}}' OR %(address)s::inet <<= ANY (k.allowed_networks::inet[]))
""",
    k=ApiKey,
    p=Program,
    l=LoyaltyPlatform,
)


class KeyRefused(Exception):
    """The key is missing, malformed, unknown, revoked, expired, of another program, or used from a forbidden address.

    The caller learns none of that: every case gets the same answer.
    """


@dataclass(frozen=True, slots=True)
class Admitted:
    """A valid key, with its program and the program's platform, and the columns of what went along: nulls if there was
    no row."""

    key: ApiKey
    along: tuple[Any, ...]


def authenticate(*, raw: str, program_code: str, address: str, now: datetime) -> ApiKey:
    """The key alone. Raises KeyRefused."""
    return admit(raw=raw, program_code=program_code, address=address, now=now, along=NOTHING).key


def admit(*, raw: str, program_code: str, address: str, now: datetime, along: Along) -> Admitted:
    """One query; none for a key that cannot be one.

    Raises KeyRefused.
    """
    if not is_well_formed(raw):
        raise KeyRefused
    asked = {
        **along.values,
        "prefix": prefix_of(raw),
        "digest": digest_of(raw),
        # No program's code holds U+0000, and no text of PostgreSQL could.
        "code": "" if "\x00" in program_code else program_code,
        "now": now,
        "address": _comparable(address),
    }
    found = rows.read(_text(along.text), asked)
    if not found:
        raise KeyRefused
    return _admitted(found[0])


@cache
def _text(along: str) -> str:
    return _KEY.replace("--along--", along)


def _admitted(row: tuple[Any, ...]) -> Admitted:
    program_from = rows.width(ApiKey)
    platform_from = program_from + rows.width(Program)
    along_from = platform_from + rows.width(LoyaltyPlatform)
    key = rows.made(ApiKey, row[:program_from])
    key.program = rows.made(Program, row[program_from:platform_from])
    platform = row[platform_from:along_from]
    remember_platform(key.program, None if platform[0] is None else rows.made(LoyaltyPlatform, platform))
    return Admitted(key, row[along_from:])


def _comparable(address: str) -> str | None:
    """The address as networks are written; None is in none of them."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)
