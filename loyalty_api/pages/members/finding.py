"""The list of members: the newest, or those that a text finds. Nobody is named in it in full."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from loyalty_api.engine import level_rules, search, tiers
from loyalty_api.engine.folding import fold, folded_words
from loyalty_api.engine.models import Account, Identifier, Membership
from loyalty_api.engine.search_words import is_whole_phone
from loyalty_api.pages.members.masking import initials, masked
from selfservice.programs.models import Program

PAGE = 25
LONGEST = 200
MOST_FOUND = search.MAX_HITS


@dataclass(frozen=True, slots=True)
class MemberRow:
    """`level` is the level's name, `name` and `email` what is shown of the owner's; empty for an anonymous account."""

    account_id: str
    status: str
    name: str
    email: str
    level: str
    points: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MemberList:
    """`older` names the place behind the last row, empty where nothing lies behind it."""

    rows: Sequence[MemberRow]
    older: str = ""


class BadPlace(Exception):
    """The address names no place in the list."""


def found_members(*, program: Program, text: str) -> MemberList:
    """At most MOST_FOUND, by the beginnings of words, by an id, or by the last digits of a phone number."""
    term = text.strip()[:LONGEST]
    words = list(dict.fromkeys(folded_words(term)))[: search.MAX_WORDS]
    ids = search.find_account_ids([program], words, account_id=term) if words else []
    return MemberList(_rows(program, _accounts(program, ids)))


def named_members(*, program: Program, text: str) -> MemberList:
    """Those whose whole mail address, card, phone number or id this is: parts of them would tell whoever may not see
    them, letter by letter, what they are."""
    term = text.strip()[:LONGEST]
    words = folded_words("".join(term.split()))
    ids = search.find_account_ids([program], words, account_id=term) if words else []
    accounts = _accounts(program, ids)
    named = _named(accounts, term)
    return MemberList(_rows(program, [account for account in accounts if account.id in named]))


def _accounts(program: Program, ids: Sequence[str]) -> list[Account]:
    accounts = {account.id: account for account in Account.objects.filter(program=program, id__in=ids)}
    return [accounts[id_] for id_ in ids if id_ in accounts]


def _named(accounts: Sequence[Account], term: str) -> set[str]:
    """The ids of those that the whole term names."""
    asked = _joined(term)
    named = {account.id for account in accounts if term in (account.id, account.external_code)}
    for row in Membership.objects.filter(account__in=accounts).select_related("user"):
        if _joined(row.user.email_address) == asked or is_whole_phone(row.user.phone, term):
            named.add(row.account_id)
    for code in Identifier.objects.filter(account__in=accounts):
        if asked in (_joined(code.code), _joined(code.display_code)):
            named.add(code.account_id)
    return named


def _joined(text: str) -> str:
    return fold("".join(text.split()))


def newest_members(*, program: Program, before: str = "") -> MemberList:
    """Raises BadPlace."""
    accounts = Account.objects.filter(program=program).order_by("-created_at", "-id")
    if before:
        moment, account_id = _place(before)
        accounts = accounts.filter(created_at__lte=moment).exclude(Q(created_at=moment) & Q(id__gte=account_id))
    found = list(accounts[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    older = f"{last.created_at.isoformat()}~{last.id}" if last else ""
    return MemberList(_rows(program, found[:PAGE]), older)


def _place(text: str) -> tuple[datetime, str]:
    moment, separator, account_id = text.partition("~")
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        raise BadPlace from None
    if not separator or found.tzinfo is None or "\x00" in account_id:
        raise BadPlace
    return found, account_id


def _rows(program: Program, accounts: Sequence[Account]) -> list[MemberRow]:
    levels = tiers.levels_of(program) if accounts else []
    members = _owners(accounts)
    rows = []
    for account in accounts:
        level = level_rules.find_level(levels, account.level)
        user = members[account.id].user if account.id in members else None
        rows.append(
            MemberRow(
                account_id=account.id,
                status=account.status,
                name=initials(user.given_name, user.family_name) if user else "",
                email=masked(user.email_address) if user else "",
                level=level.name if level else "",
                points=account.points,
                created_at=account.created_at,
            )
        )
    return rows


def _owners(accounts: Sequence[Account]) -> Mapping[str, Membership]:
    """The owner of each account, or its oldest member."""
    rows = Membership.objects.filter(account__in=accounts).select_related("user").order_by("-created_at", "-id")
    newest_first = sorted(rows, key=lambda row: row.role == "OWNER")
    return {row.account_id: row for row in newest_first}
