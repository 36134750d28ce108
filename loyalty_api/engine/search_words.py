"""The words by which an account or a coupon is found, kept in step with it inside each transaction that changes one."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from django.db import connection

from loyalty_api.engine.folding import WORD_LENGTH, folded_words, name_words
from loyalty_api.engine.models import Account, Coupon, CouponWord, Identifier, Membership, SearchWord, User

# A birth date is found only when it is asked for alone. No asked word contains this separator: it counts as a blank.
_BIRTH_DATE = "\x1f"
# Of a phone number the ending is asked for, since its beginning is written with a country's code or without: the digits
# stand in reverse.
_PHONE = "\x1e"
_LEAST_DIGITS = 6
_COUNTRY_DIGITS = 3
_PHONE_NUMBER = re.compile(r"[+(]?[0-9][0-9\s()/.-]*\Z")


def refresh_words(accounts: Iterable[Account]) -> None:
    """To be called last, before events are told: from here on nobody else changes the words of these accounts.

    Whoever comes second waits here, and then reads what the first has written.
    """
    ordered = sorted(accounts, key=lambda account: account.id)
    if not ordered:
        return
    with connection.cursor() as cursor:
        for account in ordered:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [account.id])
    ids = [account.id for account in ordered]
    wanted = _words_by_account(ids)
    stored = set(SearchWord.objects.filter(account_id__in=ids).values_list("account_id", "word"))
    needed = {(account.id, word): account for account in ordered for word in wanted.get(account.id, set())}
    if gone := stored - needed.keys():
        SearchWord.objects.filter(pk__in=list(gone)).delete()
    SearchWord.objects.bulk_create(
        SearchWord(account_id=key[0], word=key[1], program_id=account.program_id)
        for key, account in needed.items()
        if key not in stored
    )


def refresh_coupon_words(coupon: Coupon) -> None:
    """The caller has locked the coupon, or has just made it."""
    wanted = name_words(" ".join([coupon.name, *(text.get("title", "") for text in coupon.texts.values())]))
    lines = CouponWord.objects.filter(coupon=coupon)
    stored = set(lines.values_list("word", flat=True))
    if gone := stored - wanted:
        lines.filter(word__in=gone).delete()
    CouponWord.objects.bulk_create(
        CouponWord(coupon=coupon, word=word, program_id=coupon.program_id) for word in wanted - stored
    )


def forget_coupon_words(coupon: Coupon) -> None:
    CouponWord.objects.filter(coupon=coupon).delete()


def words_of_user(user: User) -> set[str]:
    words = name_words(user.given_name) | name_words(user.family_name) | name_words(user.city)
    words |= {*folded_words(user.email_address), *folded_words(user.zip_code)}
    words |= {birth_date_word(user.birth_date)} if user.birth_date else set()
    return words | {word for word in [phone_word(user.phone)] if word}


def words_of_identifier(identifier: Identifier) -> set[str]:
    return {*folded_words(identifier.code), *folded_words(identifier.display_code)}


def birth_date_word(day: date) -> str:
    return f"{_BIRTH_DATE}{day.isoformat()}"


def phone_word(text: str) -> str:
    """Of a phone number, or of its last digits, in any usual spelling; empty for what is none, or too short to tell."""
    if not _PHONE_NUMBER.match(text.strip()):
        return ""
    digits = re.sub(r"[^0-9]", "", text).lstrip("0")
    return f"{_PHONE}{digits[::-1]}"[:WORD_LENGTH] if len(digits) >= _LEAST_DIGITS else ""


def is_whole_phone(phone: str, asked: str) -> bool:
    """Whether the asked number is this one, be it without its country's code."""
    whole, given = phone_word(phone), phone_word(asked)
    return bool(given) and whole.startswith(given) and len(whole) - len(given) <= _COUNTRY_DIGITS


def _words_by_account(account_ids: Sequence[str]) -> dict[str, set[str]]:
    words: dict[str, set[str]] = {}
    for membership in Membership.objects.filter(account_id__in=account_ids).select_related("user").order_by():
        words.setdefault(membership.account_id, set()).update(words_of_user(membership.user))
    for identifier in Identifier.objects.filter(account_id__in=account_ids).order_by():
        words.setdefault(identifier.account_id, set()).update(words_of_identifier(identifier))
    return words
