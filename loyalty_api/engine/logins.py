"""Users of the REST API: their passwords, their failed logins, and tokens given back before their end."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection

from loyalty_api.contract import LoyaltyError
from loyalty_api.engine.models import ApiUser, LoginFailure, RevokedToken
from selfservice.database import rows

MAX_FAILURES = 5
LOCKOUT = timedelta(minutes=15)

# One statement, so that no failure is lost between two that come at once.
_COUNT_FAILURE = """
INSERT INTO engine_loginfailure AS known (key, count, last_at) VALUES (%(key)s, 1, %(now)s)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN known.last_at <= %(cutoff)s THEN 1 ELSE least(known.count + 1, 1000) END, last_at = %(now)s
"""


_CALLER = """
SELECT u.org, u.user_name FROM engine_apiuser u
 WHERE u.org = %(org)s AND u.user_name = %(user_name)s AND u.is_active
   AND NOT EXISTS (SELECT 1 FROM engine_revokedtoken r WHERE r.digest = %(digest)s)
"""


@dataclass(frozen=True, slots=True)
class Caller:
    """The user of the API whom a call is from."""

    org: str
    user_name: str


class LoginLocked(LoyaltyError):
    """Too many wrong passwords; `retry_after` says how long nothing is looked at."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__("TOO_MANY_ATTEMPTS", "Too many wrong passwords. Try again later.")
        self.retry_after = retry_after


def save_api_user(*, org: str, user_name: str, password: str, now: datetime) -> ApiUser:
    """Creates the user, or gives an existing one the new password."""
    row, _created = ApiUser.objects.update_or_create(
        org=org,
        user_name=user_name,
        defaults={"password": make_password(password), "is_active": True},
        create_defaults={"password": make_password(password), "is_active": True, "created_at": now},
    )
    return row


def sign_in(*, org: str, user_name: str, password: str, now: datetime, address: str = "") -> ApiUser | None:
    """None for a wrong name as for a wrong password, and after the same time. Raises LoginLocked.

    Failures are counted per user name and address, whether the name exists or not; the right password clears them.
    """
    key = hashlib.sha256("\n".join([org, user_name, address]).encode()).hexdigest()
    failure = LoginFailure.objects.filter(key=key, last_at__gt=now - LOCKOUT).first()
    if failure and failure.count >= MAX_FAILURES:
        raise LoginLocked(failure.last_at + LOCKOUT - now)
    row = ApiUser.objects.filter(org=org, user_name=user_name, is_active=True).first()
    if row is None:
        make_password(password)
    elif check_password(password, row.password):
        if failure:
            failure.delete()
        return row
    _count_failure(key, now=now)
    return None


def find_caller(*, org: str, user_name: str, token: str) -> Caller | None:
    """None for a user that was taken away, and for a token that was given back."""
    found = rows.read(_CALLER, {"org": org, "user_name": user_name, "digest": _digest(token)})
    return Caller(*found[0]) if found else None


def revoke_token(*, token: str, expires_at: datetime, now: datetime) -> None:
    """This token alone; others of the same user go on."""
    RevokedToken.objects.filter(expires_at__lte=now).delete()
    RevokedToken.objects.get_or_create(digest=_digest(token), defaults={"expires_at": expires_at})


def _count_failure(key: str, *, now: datetime) -> None:
    LoginFailure.objects.filter(last_at__lte=now - 2 * LOCKOUT).delete()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_FAILURE, {"key": key, "now": now, "cutoff": now - LOCKOUT})


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
