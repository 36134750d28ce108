"""What a person's app would show."""

import base64

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.utils import timezone

from selfservice.accounts.factors import begin, begun_factor, confirm
from selfservice.audit.services import COMMAND_LINE


def code_at(secret, now):
    app = TOTP(base64.b32decode(secret), 6, SHA1(), 30)  # noqa: S303 - as the standard has it
    return app.generate(int(now.timestamp())).decode()


def with_factor(user, *, now=None):
    """The factor is on; the answer has its secret and the recovery codes."""
    now = now or timezone.now()
    begin(user=user)
    secret = begun_factor(user).secret
    codes = confirm(user=user, code=code_at(secret, now), actor=COMMAND_LINE, now=now)
    assert codes
    return secret, codes
