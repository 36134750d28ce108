"""The token of a signed-in API user: a JWT that lives for a day."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import jwt
from django.conf import settings
from django.utils.crypto import salted_hmac

LIFETIME = timedelta(hours=24)
ALGORITHM = "HS256"


@dataclass(frozen=True, slots=True)
class Claims:
    org: str
    user_name: str
    expires_at: datetime


# Signatures that were good, by the signing key and the token's digest: a till sends the same token for a day.
_KEPT = 1000
_verified: dict[tuple[bytes, bytes], Claims] = {}


class BadToken(Exception):
    """Malformed, forged or expired; the text says which."""


def issue_token(*, org: str, user_name: str, programs: list[str], now: datetime) -> str:
    claims = {"sub": user_name, "org": org, "programs": programs, "iat": now, "exp": now + LIFETIME}
    return jwt.encode(claims, _signing_key(settings.SECRET_KEY), algorithm=ALGORITHM)


def read_token(token: str) -> Claims:
    """Raises BadToken."""
    signing_key = _signing_key(settings.SECRET_KEY)
    kept_as = signing_key, hashlib.sha256(token.encode()).digest()
    claims = _verified.get(kept_as)
    if claims is None:
        claims = _verify(token, signing_key)
        if len(_verified) >= _KEPT:
            _verified.clear()
        _verified[kept_as] = claims
    elif claims.expires_at <= datetime.now(UTC):
        raise _expired()
    return claims


def _verify(token: str, signing_key: bytes) -> Claims:
    try:
        claims = jwt.decode(token, signing_key, algorithms=[ALGORITHM], options={"require": ["sub", "org", "exp"]})
    except jwt.ExpiredSignatureError:
        raise _expired() from None
    except jwt.InvalidTokenError:
        raise BadToken("The token is not valid; sign in again.") from None
    expires_at = datetime.fromtimestamp(claims["exp"], tz=UTC)
    return Claims(org=str(claims["org"]), user_name=str(claims["sub"]), expires_at=expires_at)


def _expired() -> BadToken:
    return BadToken("The token has expired; sign in again.")


@cache
def _signing_key(secret_key: str) -> bytes:
    """A key for this purpose alone, so that a token says nothing about other signatures."""
    return salted_hmac("loyalty_api.api.tokens", "signing key", secret=secret_key, algorithm="sha256").digest()
