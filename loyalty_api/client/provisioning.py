"""Sets up a program: its row, its levels, its platform, and who may sign in to the loyalty API."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone as clock
from django.utils.translation import gettext as _

from loyalty_api.client.addresses import platform_address, same_host
from loyalty_api.client.demo import load_demo as load_demo
from loyalty_api.client.models import LoyaltyPlatform, PlatformKind
from loyalty_api.client.setup_record import setup_record
from loyalty_api.contract import Level, LoyaltyError, channel_key
from loyalty_api.engine import logins, rules, tiers
from selfservice.audit.services import Actor, record
from selfservice.programs.models import SAVED, Program
from selfservice.secrets.secret import Secret

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
class CustomProperty:
    """Something that pages offer to fill in. `owner` and `kind` as in `selfservice.programs.models`."""

    name: str
    label: str
    owner: str
    kind: str


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
    languages: Sequence[str] | None = None,
    booking_type_codes: Sequence[str] | None = None,
    custom_properties: Sequence[CustomProperty] | None = None,
    levels: Sequence[Level] = (),
    level_factors: Mapping[str, Decimal] | None = None,
    points_rules: Mapping[str, Any] | None = None,
    platform: Platform | None = None,
) -> Program:
    """Creates the program, or changes what is given; what is None stays as it is. The same call twice changes nothing.

    The organisation is the code's unless given. `level_factors` by a level's id; `points_rules` are fields of the
    program's rules. Raises ValidationError with a message per field.
    """
    program = Program.objects.select_for_update().filter(code=code).first() or Program(code=code)
    before = setup_record(program)
    given = {
        "name": name,
        "org": org,
        "currency": currency,
        "language": language,
        "timezone": timezone,
        "optins": None if optins is None else _distinct(optins),
        "languages": None if languages is None else _distinct(languages),
        "booking_type_codes": None if booking_type_codes is None else _trimmed(booking_type_codes),
        "custom_properties": None if custom_properties is None else [asdict(each) for each in custom_properties],
    }
    _set_fields(program, given)
    program.save()
    _save_levels(program, levels, level_factors)
    if points_rules is not None:
        _save_rules(program, points_rules)
    _save_platform(program, platform)
    _record_change(program, before=before, actor=actor)
    return program


@transaction.atomic
def remove_level(*, program: Program, slug: str, actor: Actor) -> None:
    """Raises NotFound, or ValidationError for a level that a coupon is for."""
    held = Program.objects.select_for_update().get(pk=program.pk)
    before = setup_record(held)
    try:
        tiers.remove_level(program=held, slug=slug, now=clock.now())
    except LoyaltyError as error:
        if error.code == "LEVEL_IN_USE":
            text = _("A coupon is for members of this level. Change the coupon first.")
            raise ValidationError({"levels": text}) from None
        raise
    _record_change(held, before=before, actor=actor)


def _record_change(program: Program, *, before: dict[str, Any], actor: Actor) -> None:
    after = setup_record(program)
    if before != after:
        record(actor=actor, action=SAVED, subject=program.code, program=program.code, before=before, after=after)


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


def _trimmed(codes: Sequence[str]) -> list[str]:
    """Each once; of codes upper and lower case are not the same."""
    return list(dict.fromkeys(code.strip() for code in codes if code.strip()))


def _save_levels(program: Program, levels: Sequence[Level], factors: Mapping[str, Decimal] | None) -> None:
    try:
        tiers.save_levels(program=program, levels=levels, factors=factors)
    except LoyaltyError:
        text = _("Two levels of a program cannot begin at the same status points.")
        raise ValidationError({"levels": text}) from None


def _save_rules(program: Program, fields: Mapping[str, Any]) -> None:
    row = rules.rules_of(program)
    for name, value in fields.items():
        setattr(row, name, value)
    rules.save_rules(rules=row, now=clock.now())


def _save_platform(program: Program, platform: Platform | None) -> None:
    row = LoyaltyPlatform.objects.filter(program=program).first() or LoyaltyPlatform(program=program)
    if platform is not None:
        url = _address(platform, row)
        row.kind = PlatformKind.REMOTE if url else PlatformKind.EMBEDDED
        row.url, row.org, row.user_name = url, platform.org, platform.user_name
        row.interaction_id, row.program_code = platform.interaction_id, platform.program_code
        if not url:
            # Nobody needs it any more.
            row.password = ""
        if platform.password is not None:
            row.password = platform.password.reveal()
    row.save()


def _address(platform: Platform, row: LoyaltyPlatform) -> str:
    """A stored password goes nowhere else than where it was meant for: who names another host names it again."""
    if not platform.url:
        return ""
    try:
        url = platform_address(platform.url, allowed=settings.OUTBOUND_ALLOW)
    except ValidationError as error:
        raise ValidationError({"loyalty": error.messages}) from None
    if row.password and platform.password is None and not same_host(url, row.url):
        raise ValidationError(
            {
                "password": _(
                    "The address leads to another host. Enter the password again: it is not sent there unasked."
                )
            }
        )
    return url
