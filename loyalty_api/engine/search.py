"""Finds accounts and coupons by the beginnings of words."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

from loyalty_api.contract import SearchHit
from loyalty_api.engine.folding import folded_words
from loyalty_api.engine.models import Account, Coupon, Membership
from loyalty_api.engine.profiles import title_of
from loyalty_api.engine.search_words import birth_date_word, phone_word
from selfservice.programs.models import Program

ACCOUNT, COUPON = DOMAINS = ("ACCOUNT", "COUPON")
MAX_HITS = 50
MAX_WORDS = 10
# One account, or coupon, may have several words with the asked beginning. A line more costs little while only one word
# is asked, and with more of them every line is a look at each.
_LINES_OF_ONE_WORD = 3 * MAX_HITS
# So far beginnings are counted; of those that are more common the planner's estimate is good enough.
_COUNTED = 2_000
# A word that begins so is a range of the index: nothing sorts after the last character that there is. The inner SELECT
# with its LIMIT stays a look per owner, whatever the planner thinks of the words.
_WALK = """
SELECT w.{owner} FROM {table} w
 WHERE w.program_id = ANY(%s) AND w.word >= %s COLLATE "C" AND w.word < (%s || chr(1114111)) COLLATE "C"
   AND NOT EXISTS (
       SELECT 1 FROM unnest(%s::text[]) AS other(word)
        WHERE (SELECT TRUE FROM {table} o
                WHERE o.{owner} = w.{owner} AND o.word >= other.word COLLATE "C"
                  AND o.word < (other.word || chr(1114111)) COLLATE "C" LIMIT 1) IS NULL)
 LIMIT %s
"""
_EXPLAIN = """
EXPLAIN (FORMAT JSON) SELECT w.{owner} FROM {table} w
 WHERE w.program_id = ANY(%s) AND w.word >= %s COLLATE "C" AND w.word < (%s || chr(1114111)) COLLATE "C"
"""
_COUNT = """
SELECT asked.word, (
       SELECT count(*) FROM (
              SELECT 1 FROM {table} w
               WHERE w.program_id = ANY(%s) AND w.word >= asked.word COLLATE "C"
                 AND w.word < (asked.word || chr(1114111)) COLLATE "C" LIMIT %s) counted)
  FROM unnest(%s::text[]) AS asked(word)
"""
_ACCOUNTS = {"table": "engine_searchword", "owner": "account_id"}
_COUPONS = {"table": "engine_couponword", "owner": "coupon_id"}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


def search(*, programs: Sequence[Program], term: str, domains: Sequence[str] = DOMAINS) -> list[SearchHit]:
    """At most `MAX_HITS` of a domain. Every word of the term has to be the beginning of a word of the object."""
    words = list(dict.fromkeys(folded_words(term)))[:MAX_WORDS]
    if not words:
        return []
    hits = find_coupons(programs, words) if COUPON in domains else []
    return [*hits, *(find_accounts(programs, words, account_id=term.strip()) if ACCOUNT in domains else [])]


def find_accounts(programs: Sequence[Program], words: Sequence[str], *, account_id: str = "") -> list[SearchHit]:
    """`account_id` is the term as it was typed: folding would change the letters of an id."""
    return _described(find_account_ids(programs, words, account_id=account_id))


def find_account_ids(programs: Sequence[Program], words: Sequence[str], *, account_id: str = "") -> list[str]:
    """The same, as ids alone."""
    program_ids = [program.pk for program in programs]
    ids = set(_owners(_ACCOUNTS, program_ids, words))
    if phone := phone_word(account_id):
        ids |= set(_owners(_ACCOUNTS, program_ids, [phone]))
    if len(words) == 1:
        ids |= set(_owners(_ACCOUNTS, program_ids, _as_birth_date(words[0])))
        ids |= set(
            Account.objects.filter(id=account_id.replace("\x00", ""), program_id__in=program_ids).values_list(
                "id", flat=True
            )
        )
    return sorted(ids)[:MAX_HITS]


def find_coupons(programs: Sequence[Program], words: Sequence[str]) -> list[SearchHit]:
    """The newest of those that were found first."""
    languages = {program.pk: program.language for program in programs}
    ids = coupon_ids(programs, words)
    hits = []
    for coupon in Coupon.objects.filter(id__in=ids).only("program", "name", "texts", "usage_type").order_by("-id"):
        title = title_of(coupon.texts, language=languages[coupon.program_id]) or coupon.name
        hits.append(SearchHit(type=COUPON, id=coupon.id, preview=f"Title: {title},Type: {coupon.usage_type}"))
    return hits


def coupon_ids(programs: Sequence[Program], words: Sequence[str]) -> list[str]:
    """At most `MAX_HITS`; the greatest ids of those that were found first."""
    found = _owners(_COUPONS, [program.pk for program in programs], words)
    return sorted(set(found), reverse=True)[:MAX_HITS]


def _owners(index: Mapping[str, str], program_ids: Sequence[int], words: Sequence[str]) -> list[str]:
    """Walks the lines of the rarest beginning and asks the others for each of their owners, until there are enough.

    Both steps are looks into an index, and neither reads more than it needs: a beginning that most of them share
    fills the list at once, and a rare one has few lines.
    """
    if not program_ids or not words:
        return []
    first, *others = _rarest_first(index, program_ids, words)
    lines = MAX_HITS if others else _LINES_OF_ONE_WORD
    return [row[0] for row in _rows(_WALK.format_map(index), [list(program_ids), first, first, others, lines])]


def _rarest_first(index: Mapping[str, str], program_ids: Sequence[int], words: Sequence[str]) -> list[str]:
    """Of two equally common ones the longer beginning is the better guess."""
    if len(words) == 1:
        return list(words)
    counts = dict(_rows(_COUNT.format_map(index), [list(program_ids), _COUNTED, list(words)]))
    if min(counts.values()) >= _COUNTED:
        counts = {word: _estimate(index, program_ids, word) for word in words}
    return sorted(words, key=lambda word: (counts[word], -len(word)))


def _estimate(index: Mapping[str, str], program_ids: Sequence[int], word: str) -> int:
    [[[explained]]] = _rows(_EXPLAIN.format_map(index), [list(program_ids), word, word])
    return int(explained["Plan"]["Plan Rows"])


def _rows(statement: str, parameters: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def _as_birth_date(word: str) -> list[str]:
    try:
        return [birth_date_word(date.fromisoformat(word))] if _DATE.match(word) else []
    except ValueError:
        return []


def _described(account_ids: Sequence[str]) -> list[SearchHit]:
    """The owner's name and mail address, or the oldest member's; empty for an anonymous account."""
    members: dict[str, Membership] = {}
    rows = Membership.objects.filter(account_id__in=account_ids).select_related("user").order_by("created_at", "id")
    for row in rows:
        known = members.setdefault(row.account_id, row)
        if row.role == "OWNER" and known.role != "OWNER":
            members[row.account_id] = row
    hits = []
    for account_id in account_ids:
        user = members[account_id].user if account_id in members else None
        name = f"{user.given_name} {user.family_name}".strip() if user else ""
        email = user.email_address if user else ""
        hits.append(SearchHit(type=ACCOUNT, id=account_id, preview=f"name: {name},email: {email}"))
    return hits
