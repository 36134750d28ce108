"""A write that acts once although its answer may get lost: it is found again by the reference that went along."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import orjson

from loyalty_api.client.http.answers import Answer
from loyalty_api.client.http.deadlines import Deadline
from loyalty_api.client.http.platform import RemotePlatform
from loyalty_api.client.http.reading import Reader
from loyalty_api.contract import Conflict, OutcomeUnknown, PlatformUnavailable

KNOWN_REFERENCE = "EXTERNAL_ID_EXISTS"
# The platform's clock and ours may differ by so much.
CLOCKS_DIFFER = timedelta(minutes=5)
_PAGE = 100
_MAX_PAGES = 10
Find = Callable[[], Answer | None]


def acted(
    act: Callable[[], Answer],
    find: Find,
    *,
    tells: Callable[[Answer], bool],
    tried_at: datetime | None,
    reference: str,
) -> Answer:
    """The answer of the write, which is made now unless it was made before.

    An answer that does not tell what was made, as `tells` judges, says nothing of whether anything was. `find` gives
    what was done under the reference, None for nothing, and raises OutcomeUnknown where that cannot be told. After a
    try at `tried_at` it is asked first. Raises PlatformUnavailable with `may_have_acted`, after which nobody may simply
    act again.
    """
    if tried_at and (found := _found_after_a_try(find)):
        return found
    try:
        answer = act()
        if not tells(answer):
            raise OutcomeUnknown
        return answer
    except Conflict as refusal:
        if not reference or refusal.code != KNOWN_REFERENCE:
            raise
        if found := _found_after_a_try(find):
            return found
        raise OutcomeUnknown from None
    except PlatformUnavailable as failure:
        if reference and failure.may_have_acted and not failure.timed_out:
            # The answer is lost or makes no sense, but the platform may well be there and tell.
            with suppress(PlatformUnavailable):
                if found := find():
                    return found
        raise


def told_id(platform: RemotePlatform, record: str, answer: Answer) -> str:
    """The id of what was made, from the body or the address; empty for an answer that names none."""
    try:
        named = platform.reader(answer.record_or_none() or {}, record).text("id")
    except PlatformUnavailable:
        named = ""
    return named.strip() or answer.created_id


def tells_assignment(platform: RemotePlatform, coupon_id: str, answer: Answer) -> bool:
    """Whether it names an assignment, and of no other coupon."""
    told = answer.record_or_none() or {}
    named = next((told[name] for name in platform.transport.endpoints.fields["coupon.coupon_id"] if name in told), None)
    is_ours = named is None or str(named) == coupon_id
    return is_ours and bool(told_id(platform, "coupon", answer))


def find_booking(
    platform: RemotePlatform, account_id: str, asked: Mapping[str, Any], since: datetime, deadline: Deadline
) -> Answer | None:
    """`asked` is the booking as it was sent, by our names."""
    for page in range(_MAX_PAGES):
        query = {"page": page, "size": _PAGE}
        listed = platform.call("bookings", account_id=account_id, query=query, deadline=deadline)
        lines = [platform.reader(item, "booking") for item in listed.records()]
        for line in lines:
            if line.text("external_id") == asked["external_id"]:
                return _as_answer(platform, "booking", {"id": line.required("id")})
            if not line.has("external_id") and _may_be(line, asked, since):
                raise OutcomeUnknown
        if len(lines) < _PAGE or _is_older(lines[-1], since):
            return None
    raise OutcomeUnknown


def find_assignment(
    platform: RemotePlatform, account_id: str, coupon_id: str, reference: str, deadline: Deadline
) -> Answer | None:
    """A platform that knows the question lists what was assigned under the reference, and names it."""
    listed = platform.call(
        "account_coupons", account_id=account_id, query={"reference": reference}, deadline=deadline
    ).records()
    held = [
        each for each in (platform.reader(item, "coupon") for item in listed) if each.text("coupon_id") == coupon_id
    ]
    if not held:
        return None
    if all(each.text("reference") == reference for each in held):
        return _as_answer(platform, "coupon", {"id": held[0].text("id")})
    raise OutcomeUnknown


def _found_after_a_try(find: Find) -> Answer | None:
    """Whoever cannot be asked now leaves it as unknown as it was."""
    try:
        return find()
    except PlatformUnavailable as failure:
        failure.may_have_acted = True
        raise


def _may_be(line: Reader, asked: Mapping[str, Any], since: datetime) -> bool:
    alike = all(line.text(name) in {"", str(asked[name])} for name in ("type_code", "points"))
    return alike and not _is_older(line, since)


def _is_older(line: Reader, since: datetime) -> bool:
    booked_at = line.moment("booked_at")
    return booked_at is not None and booked_at < since - CLOCKS_DIFFER


def _as_answer(platform: RemotePlatform, record: str, values: Mapping[str, Any]) -> Answer:
    """As if the platform had answered the write."""
    return Answer(201, orjson.dumps(platform.transport.endpoints.written(record, values)))
