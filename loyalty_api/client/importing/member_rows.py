"""Writes the rows of many new members, and what is told of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from loyalty_api.contract import EventType, LoyaltyEvent
from loyalty_api.engine import events
from loyalty_api.engine.accounts import account_created
from loyalty_api.engine.models import Account, Booking, Identifier, LevelBooking, Membership, User
from loyalty_api.engine.rules import rules_of
from loyalty_api.engine.search_words import words_of_identifier, words_of_user
from loyalty_api.engine.standing import Standing
from loyalty_api.engine.tiers import levels_of
from selfservice.database import rows
from selfservice.programs.models import Program

_COPY_WORDS = "COPY engine_searchword (account_id, word, program_id) FROM STDIN"


@dataclass(slots=True)
class NewMember:
    """The rows of one line. `user` is stored along unless `is_known`."""

    line: int
    account: Account
    user: User | None = None
    membership: Membership | None = None
    is_known: bool = False
    identifiers: list[Identifier] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    level_bookings: list[LevelBooking] = field(default_factory=list)


def write(program: Program, members: Sequence[NewMember], *, now: datetime) -> None:
    """All of it, in the caller's transaction; the events too, unless they are silenced."""
    known = _known_in_program(program, members)
    rows.insert_all(Account, (member.account for member in members))
    rows.insert_all(User, (member.user for member in members if member.user and not member.is_known))
    rows.insert_all(Membership, (member.membership for member in members if member.membership))
    rows.insert_all(Identifier, (each for member in members for each in member.identifiers))
    rows.insert_all(Booking, (each for member in members for each in member.bookings))
    rows.insert_all(LevelBooking, (each for member in members for each in member.level_bookings))
    with connection.cursor() as cursor, cursor.copy(_COPY_WORDS) as copy:
        for line in _words(program, members):
            copy.write_row(line)
    if events.are_silent():
        return
    standing = Standing(levels=tuple(levels_of(program)), expiry_kind=rules_of(program).expiry_kind)
    told = [event for member in members for event in _told(member, known, standing, now=now)]
    events.emit(program=program, events=told)


def _words(program: Program, members: Sequence[NewMember]) -> Iterator[tuple[str, str, int]]:
    for member in members:
        words = words_of_user(member.user) if member.user else set()
        for identifier in member.identifiers:
            words |= words_of_identifier(identifier)
        for word in words:
            yield member.account.id, word, program.pk


def _known_in_program(program: Program, members: Sequence[NewMember]) -> set[str]:
    ids = [member.user.id for member in members if member.user and member.is_known]
    found = Membership.objects.filter(user_id__in=ids, account__program=program)
    return set(found.values_list("user_id", flat=True))


def _told(member: NewMember, known: set[str], standing: Standing, *, now: datetime) -> Iterator[LoyaltyEvent]:
    """As `members.register_member` tells it, and then what the account brought along."""
    yield account_created(member.account, now=now, interaction_id="")
    scene = events.Scene(account=member.account, now=now, member=member.membership, standing=standing)
    if member.user and member.membership:
        user = {"user": events.user_data(member.user)}
        if member.user.id not in known:
            yield scene.event(EventType.USER_CREATED, user, at=member.user.created_at)
        yield scene.event(EventType.MEMBERSHIP_CREATED, events.membership_data(member.membership) | user)
    for booking in member.bookings:
        yield scene.balance_changed(events.booking_data(booking, delta=booking.points))
