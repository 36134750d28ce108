"""The second factor: six digits that change every half minute (RFC 6238), or one of ten recovery codes."""

import base64
import hashlib
import secrets
from datetime import datetime, timedelta
from enum import Enum
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db import transaction
from django.utils.crypto import constant_time_compare

from selfservice.accounts.models import RecoveryCode, SecondFactor, User
from selfservice.audit.services import Actor, record

ISSUER = "Selfservice"
STEP_SECONDS, DIGITS = 30, 6
# The clocks of phones differ: one code before and one after are taken too.
DRIFT_STEPS = 1
FAILURES, LOCKED_FOR = 5, timedelta(minutes=15)
RECOVERY_CODES, _CODE_BYTES, _GROUP = 10, 10, 4


class Verdict(Enum):
    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"


def factor_of(user: User) -> SecondFactor | None:
    """The one that counts; None while it is only being set up."""
    return SecondFactor.objects.filter(user=user).exclude(confirmed_at=None).first()


def begun_factor(user: User) -> SecondFactor | None:
    return SecondFactor.objects.filter(user=user, confirmed_at=None).first()


def begin(*, user: User) -> None:
    """A new secret for somebody who has no factor yet; one that counts already stays as it is."""
    secret = base64.b32encode(secrets.token_bytes(20)).decode()
    if factor_of(user) is None:
        SecondFactor.objects.update_or_create(user=user, confirmed_at=None, defaults={"secret": secret})


def app_address(factor: SecondFactor) -> str:
    """What the QR code says to the app."""
    name = quote(f"{ISSUER}:{factor.user.email}")
    return f"otpauth://totp/{name}?secret={factor.secret}&issuer={ISSUER}&digits={DIGITS}&period={STEP_SECONDS}"


@transaction.atomic
def confirm(*, user: User, code: str, actor: Actor, now: datetime) -> list[str] | None:
    """The recovery codes, to be shown this once; None for a wrong code. From here on the factor is asked for."""
    held = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at=None).first()
    step = _step_of(held, code, now) if held else None
    if held is None or step is None:
        return None
    held.confirmed_at, held.last_step = now, step
    held.save(update_fields=["confirmed_at", "last_step"])
    record(actor=actor, action="second_factor.on", subject=user.email)
    return _fresh_codes(held)


@transaction.atomic
def check(*, user: User, code: str, actor: Actor, now: datetime) -> Verdict:
    """Takes each code once. After five wrong ones in a row none is taken for a while, the right one neither."""
    held = SecondFactor.objects.select_for_update().filter(user=user).exclude(confirmed_at=None).first()
    if held is None:
        return Verdict.WRONG
    if held.locked_until and now < held.locked_until:
        return Verdict.LOCKED
    step = _step_of(held, code, now)
    if step is not None:
        held.last_step = step
    elif _takes_recovery(held, code, now):
        left = held.recovery_codes.filter(used_at=None).count()
        record(actor=actor, action="second_factor.recovery_used", subject=user.email, after={"left": left})
    else:
        return _failed(held, now)
    held.failures, held.locked_until = 0, None
    held.save(update_fields=["last_step", "failures", "locked_until"])
    return Verdict.RIGHT


@transaction.atomic
def switch_off(*, user: User, actor: Actor) -> None:
    """Repeating it changes nothing."""
    _count, removed = SecondFactor.objects.filter(user=user).exclude(confirmed_at=None).delete()
    if removed:
        record(actor=actor, action="second_factor.off", subject=user.email)


@transaction.atomic
def renew_codes(*, user: User, actor: Actor) -> list[str]:
    """Ten new ones, to be shown this once; the former are void. Raises SecondFactor.DoesNotExist without a factor."""
    held = SecondFactor.objects.select_for_update().exclude(confirmed_at=None).get(user=user)
    record(actor=actor, action="second_factor.recovery_renewed", subject=user.email)
    return _fresh_codes(held)


def _step_of(factor: SecondFactor, code: str, now: datetime) -> int | None:
    """Which time step's code this is; None for none of now, or for one that was taken already."""
    given = "".join(code.split())
    if not (given.isascii() and given.isdecimal() and len(given) == DIGITS):
        return None
    # Apps know no other hash; it is not collisions that matter here.
    totp = TOTP(base64.b32decode(factor.secret), DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303
    current = int(now.timestamp()) // STEP_SECONDS
    for step in range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1):
        is_same = constant_time_compare(totp.generate(step * STEP_SECONDS).decode(), given)
        if is_same and step > factor.last_step:
            return step
    return None


def _failed(factor: SecondFactor, now: datetime) -> Verdict:
    factor.failures += 1
    is_locked = factor.failures >= FAILURES
    if is_locked:
        factor.failures, factor.locked_until = 0, now + LOCKED_FOR
    factor.save(update_fields=["failures", "locked_until"])
    return Verdict.LOCKED if is_locked else Verdict.WRONG


def _fresh_codes(factor: SecondFactor) -> list[str]:
    factor.recovery_codes.all().delete()
    texts = [base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode().lower() for _n in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(factor=factor, digest=_digest(text)) for text in texts)
    return ["-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP)) for text in texts]


def _takes_recovery(factor: SecondFactor, code: str, now: datetime) -> bool:
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    unused = factor.recovery_codes.filter(digest=_digest(plain), used_at=None)
    return bool(plain) and unused.update(used_at=now) == 1


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
