"""The one place where ids are made and taken apart."""

import base64
import binascii
import secrets
import time
import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CouponAndAccount:
    coupon_id: str
    account_id: str


def new_id() -> str:
    """A UUID of version 7: ids made one after the other sort in that order, which keeps indexes and ledgers in time."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    # RFC 9562, section 6.2, method 3: the 12 bits after the version hold the fraction of the millisecond.
    fraction = (rest << 12) // 1_000_000
    value = (milliseconds << 80) | (7 << 76) | (fraction << 64) | (2 << 62) | secrets.randbits(62)
    return str(uuid.UUID(int=value))


def account_coupon_id(*, coupon_id: str, account_id: str) -> str:
    """URL-safe base64 without padding of `couponId|accountId`."""
    return base64.urlsafe_b64encode(f"{coupon_id}|{account_id}".encode()).rstrip(b"=").decode()


def parse_account_coupon_id(value: str) -> CouponAndAccount | None:
    """None for a text that is no account coupon's id."""
    try:
        raw = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    coupon_id, separator, account_id = raw.partition("|")
    # PostgreSQL has no NUL in a text; nobody's id has one.
    return CouponAndAccount(coupon_id, account_id) if separator and "\0" not in raw else None
