"""Sets up a program: its row, its levels, its platform, and who may sign in to the loyalty API."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone as clock
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from loyalty_api.client.demo import load_demo as load_demo
from loyalty_api.client.models import LoyaltyPlatform, PlatformKind
from loyalty_api.contract import Level, LoyaltyError, channel_key
from loyalty_api.engine import logins, tiers
from selfservice.audit.services import Actor, record
from selfservice.programs.models import Program
from selfservice.secrets.secret import Secret

_PROGRAM_FIELDS = ("name", "org", "currency", "language", "timezone", "optins")
_PLATFORM_FIELDS = ("kind", "url", "org", "user_name", "interaction_id", "program_code")
_PASSWORD_BYTES = 18


@dataclass(frozen=True, slots=True)
class Platform:
    """A program's loyalty platform. Without a URL it is the embedded one. `program_code` names the program there."""

    url: str = ""
    org: str = ""
    user_name: str = ""
    password: Secret | None = None
    interaction_id: str = ""
    program_code: str = ""


@dataclass(frozen=True, slots=True)
class IssuedApiUser:
    """The one time that the password can be read."""

    org: str
    user_name: str
    password: Secret


@transaction.atomic
def provision_program(
    *,
    code: str,
    actor: Actor,
    name: str | None = None,
    org: str | None = None,
    currency: str | None = None,
    language: str | None = None,
    timezone: str | None = None,
    optins: Sequence[str] | None = None,
    levels: Sequence[Level] = (),
    platform: Platform | None = None,
) -> Program:
    """Creates the program, or changes what is given; what is None stays as it is. The same call twice changes nothing.

    The organisation is the code's unless given. Raises ValidationError with a message per field.
    """
    program = Program.objects.select_for_update().filter(code=code).first() or Program(code=code)
    before = _visible(program)
    given = {
        "name": name,
        "org": org,
        "currency": currency,
        "language": language,
        "timezone": timezone,
        "optins": None if optins is None else _distinct(optins),
    }
    _set_fields(program, given)
    program.save()
    _save_levels(program, levels)
    _save_platform(program, platform)
    after = _visible(program)
    if before != after:
        record(
            actor=actor, action="program.saved", subject=program.code, program=program.code, before=before, after=after
        )
    return program


def issue_api_user(*, program: Program, user_name: str, actor: Actor) -> IssuedApiUser:
    """A user for the loyalty API of the program's organisation; an existing one gets a new password."""
    if not user_name.strip():
        raise ValidationError({"user_name": _("Give the user a name.")})
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    with transaction.atomic():
        row = logins.save_api_user(org=program.org, user_name=user_name.strip(), password=password, now=clock.now())
        record(actor=actor, action="api_user.issued", subject=f"{row.org}/{row.user_name}", program=program.code)
    return IssuedApiUser(org=row.org, user_name=row.user_name, password=Secret(password))


def _set_fields(program: Program, given: Mapping[str, Any]) -> None:
    is_new = program._state.adding
    former_org = program.org
    for field, value in given.items():
        if value is not None:
            setattr(program, field, value)
    program.name = program.name or program.code
    program.org = program.org or program.code
    if not is_new and program.org != former_org:
        raise ValidationError({"org": _("The organisation of a program cannot be changed: its users belong to it.")})
    if program.timezone not in available_timezones():
        raise ValidationError({"timezone": _("There is no time zone of this name. Example: Europe/Berlin")})
    program.full_clean()


def _distinct(optins: Sequence[str]) -> list[str]:
    """Trimmed; of two spellings of one channel the first."""
    channels: dict[str, str] = {}
    for channel in optins:
        if channel.strip():
            channels.setdefault(channel_key(channel), channel.strip())
    return list(channels.values())


def _save_levels(program: Program, levels: Sequence[Level]) -> None:
    try:
        tiers.save_levels(program=program, levels=levels)
    except LoyaltyError as error:
        raise ValidationError({"levels": error.message}) from None


def _save_platform(program: Program, platform: Platform | None) -> None:
    row = LoyaltyPlatform.objects.filter(program=program).first() or LoyaltyPlatform(program=program)
    if platform is not None:
        if platform.url and not platform.url.startswith(("https://", "http://")):
            raise ValidationError({"loyalty": _("The platform's address begins with https://.")})
        row.kind = PlatformKind.REMOTE if platform.url else PlatformKind.EMBEDDED
        row.url, row.org, row.user_name = platform.url, platform.org, platform.user_name
        row.interaction_id, row.program_code = platform.interaction_id, platform.program_code
        if platform.password is not None:
            row.password = platform.password.reveal()
    row.save()


def _visible(program: Program) -> dict[str, Any]:
    """What the audit trail shows; the password as a fingerprint."""
    if program._state.adding:
        return {}
    shown: dict[str, Any] = {field: getattr(program, field) for field in _PROGRAM_FIELDS}
    shown["levels"] = {level.id: level.needed_status_points for level in tiers.levels_of(program)}
    platform = LoyaltyPlatform.objects.filter(program=program).first()
    if platform is not None:
        shown["loyalty"] = {field: getattr(platform, field) for field in _PLATFORM_FIELDS}
        shown["loyalty"]["password"] = _fingerprint(platform.password)
    return shown


def _fingerprint(value: str) -> str:
    return salted_hmac("loyalty_api.client.password", value, algorithm="sha256").hexdigest()[:8] if value else ""
