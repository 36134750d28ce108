"""Members: account, person, membership, codes, opening points and search words, each table in one statement a part."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _

from loyalty_api.client.importing import cells
from loyalty_api.client.importing.cells import BadCell
from loyalty_api.client.importing.kinds import ImportKind, Problems
from loyalty_api.client.importing.member_rows import NewMember, write
from loyalty_api.client.importing.people import PERSON_COLUMNS, is_person, read_id, read_user
from loyalty_api.client.importing.tables import Row
from loyalty_api.contract import Level, LoyaltyError, Optin
from loyalty_api.engine import level_rules, tiers
from loyalty_api.engine.identity import new_id
from loyalty_api.engine.models import (
    Account,
    AccountStatus,
    Booking,
    Identifier,
    IdentifierType,
    LevelBooking,
    MemberRole,
    Membership,
    User,
)
from loyalty_api.engine.months import add_months
from loyalty_api.engine.optins import in_program_spelling
from loyalty_api.engine.rules import rules_of
from selfservice.programs.models import Program

OPENING = "IMPORT"
"""The booking type code of opening points."""
_CODES = {"cardCode": IdentifierType.CARDCODE, "appCode": IdentifierType.APPCODE}
_CODES |= {"externalCode": IdentifierType.EXTERNALCODE}


@dataclass(frozen=True, slots=True)
class _Setting:
    """What all lines of a part have in common."""

    program: Program
    levels: Sequence[Level]
    level_months: int | None
    users: Mapping[str, User]
    zone: ZoneInfo
    now: datetime
    opening_reason: str


def store(program: Program, rows: Sequence[Row], now: datetime) -> Problems:
    ids = [row.values["userId"] for row in rows if row.values.get("userId")]
    setting = _Setting(
        program=program,
        levels=tiers.levels_of(program),
        level_months=rules_of(program).level_validity_months,
        users={user.id: user for user in User.objects.filter(id__in=ids)},
        zone=ZoneInfo(program.timezone),
        now=now,
        opening_reason=_("Opening balance"),
    )
    problems: dict[int, str] = {}
    found: list[NewMember] = []
    for row in rows:
        try:
            found.append(_read(row, setting))
        except BadCell as error:
            problems[row.number] = str(error)
        except LoyaltyError as error:
            problems[row.number] = f"{error.code}: {error.message}"
    problems |= _taken(program, found)
    if not problems:
        write(program, found, now=now)
    return problems


def _read(row: Row, setting: _Setting) -> NewMember:
    values, program = row.values, setting.program
    created_at = cells.past_moment(values, "enrolledAt", setting.zone, now=setting.now) or setting.now
    account = Account(
        id=read_id(values, "accountId") or new_id(),
        program=program,
        status=cells.choice(values, "status", tuple(AccountStatus.values), default=AccountStatus.ACTIVE.value),
        points=cells.whole(values, "points"),
        status_points=cells.whole(values, "statusPoints"),
        created_at=created_at,
        last_activity_at=created_at,
    )
    _set_level(account, setting)
    member = NewMember(row.number, account)
    _add_person(member, values, setting, created_at=created_at)
    _add_codes(member, values, created_at=created_at)
    _add_opening(member, reason=setting.opening_reason, created_at=created_at)
    return member


def _set_level(account: Account, setting: _Setting) -> None:
    """The time for which a level is held begins with the import; the lowest is held for good."""
    reached = level_rules.reached_level(setting.levels, status_points=account.status_points)
    if reached is None:
        return
    account.level = reached.id
    if setting.level_months and reached != setting.levels[0]:
        account.level_valid_to = add_months(setting.now, setting.level_months)


def _add_person(member: NewMember, values: Mapping[str, str], setting: _Setting, *, created_at: datetime) -> None:
    """An account without a person is anonymous. A user who is known already keeps what is known of them."""
    optins = [Optin(channel, bool(cells.flag(values, f"optin:{channel}"))) for channel in cells.free(values, "optin:")]
    answers = in_program_spelling(setting.program, optins)
    known = setting.users.get(values.get("userId", ""))
    if known and known.org != setting.program.org:
        raise BadCell("userId", _("there is a user of this id already"))
    if known is None and not is_person(values):
        if answers or values.get("userId"):
            raise BadCell("emailAddress", _("a member needs one"))
        return
    member.user = known or read_user(values, org=setting.program.org, created_at=created_at)
    member.is_known = known is not None
    member.membership = Membership(
        account=member.account,
        user=member.user,
        role=MemberRole.OWNER,
        partner_id=cells.text(values, "partnerId", longest=64),
        optins=answers,
        created_at=created_at,
    )


def _add_codes(member: NewMember, values: Mapping[str, str], *, created_at: datetime) -> None:
    for column, type_ in _CODES.items():
        if code := cells.text(values, column, longest=128):
            if type_ == IdentifierType.EXTERNALCODE:
                member.account.external_code = code
            member.identifiers.append(
                Identifier(
                    program=member.account.program,
                    account=member.account,
                    type=type_,
                    code=code,
                    display_code=code,
                    created_at=created_at,
                )
            )


def _add_opening(member: NewMember, *, reason: str, created_at: datetime) -> None:
    """The ledgers begin with what the account brings along, so that they add up to its balances."""
    account = member.account
    if account.points:
        member.bookings.append(
            Booking(
                program=account.program,
                account=account,
                booking_type="EARNBOOKING",
                type_code=OPENING,
                points=account.points,
                reason=reason,
                booked_at=created_at,
            )
        )
    if account.status_points:
        member.level_bookings.append(
            LevelBooking(account=account, points=account.status_points, reason=reason, booked_at=created_at)
        )


def _taken(program: Program, found: Sequence[NewMember]) -> dict[int, str]:
    """What is there already, in the database or further up in the part."""
    problems: dict[int, str] = {}
    accounts = {member.account.id for member in found}
    users = {member.user.id for member in found if member.user and not member.is_known}
    stored = {
        *(("accountId", value) for value in Account._base_manager.filter(id__in=accounts).values_list("id", flat=True)),
        *(("userId", value) for value in User.objects.filter(id__in=users).values_list("id", flat=True)),
        *_stored_codes(program, found),
    }
    lines: dict[tuple[str, str], int] = {}
    for member in found:
        for key in _keys(member):
            if key in stored:
                problems[member.line] = _("%(column)s: there is one of this name already") % {"column": key[0]}
            elif key in lines:
                given = {"column": key[0], "line": lines[key]}
                problems[member.line] = _("%(column)s: the same as in line %(line)d") % given
            lines.setdefault(key, member.line)
    return problems


def _keys(member: NewMember) -> Iterator[tuple[str, str]]:
    yield "accountId", member.account.id
    if member.user:
        yield "userId", member.user.id
    for identifier in member.identifiers:
        yield identifier.type, identifier.code


def _stored_codes(program: Program, found: Sequence[NewMember]) -> Iterable[tuple[str, str]]:
    codes: dict[str, list[str]] = {}
    for member in found:
        for identifier in member.identifiers:
            codes.setdefault(identifier.type, []).append(identifier.code)
    if not codes:
        return []
    asked = Q()
    for type_, wanted in codes.items():
        asked |= Q(type=type_, code__in=wanted)
    rows: list[tuple[str, str]] = list(Identifier.objects.filter(asked, program=program).values_list("type", "code"))
    return rows


KIND = ImportKind(
    name="members",
    columns=(
        *("accountId", "status", "enrolledAt", "points", "statusPoints", "partnerId", "userId"),
        *(*_CODES, "optin:", *PERSON_COLUMNS),
    ),
    required=(),
    store=store,
)
