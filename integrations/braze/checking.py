"""Tries a connection out without touching a profile: a request with three empty arrays.

Braze looks at the key first; a key that may track users gets as far as being told that there is no valid data.
"""

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

import orjson
from django.utils.translation import gettext as _
from requests import Session

from integrations.braze.client import TRACK_PATH, USER_AGENT, Reply, Unreachable, track
from integrations.braze.config import BrazeConfig
from integrations.braze.endpoints import is_allowed
from integrations.braze.limits import EPOCH_FROM
from integrations.spec import Checked

_NOTHING = orjson.dumps({"attributes": [], "events": [], "purchases": []})
SLOW_SECONDS = 3.0
# The first request would be refused for the same reason, and each one after it.
_REFUSALS = frozenset(
    {"key_refused", "permission_missing", "address_not_on_allow_list", "wrong_address", "address_not_allowed"}
)

_KEY_FAULTS = frozenset({"key_refused", "permission_missing", "address_not_on_allow_list"})
_ENDPOINT_FAULTS = frozenset(
    {"host_unknown", "wrong_address", "address_not_allowed", "tls_failed", "unexpected_answer"}
)


def check_connection(config: BrazeConfig, session: Session) -> Checked:
    if not is_allowed(config.endpoint):
        return _checked("address_not_allowed", {})
    request = shown_request(config, TRACK_PATH, _NOTHING)
    begun = time.monotonic()
    try:
        reply = track(session=session, endpoint=config.endpoint, api_key=config.api_key.reveal(), body=_NOTHING)
    except Unreachable as failure:
        return _checked(str(failure), _details(begun, {}), request)
    details = _details(begun, reply.headers)
    reason = _reason(reply)
    if reason == "ok" and time.monotonic() - begun > SLOW_SECONDS:
        reason = "slow"
    return _checked(reason, details, request, shown_answer(reply))


def shown_request(config: BrazeConfig, path: str, body: bytes) -> tuple[str, ...]:
    """The request as people may see it."""
    return (
        f"POST {config.endpoint}{path}",
        "Authorization: Bearer ***",
        "Content-Type: application/json",
        f"User-Agent: {USER_AGENT}",
        "",
        body.decode(),
    )


def shown_answer(reply: Reply) -> tuple[str, ...]:
    """Nothing of the body: who knows who has answered."""
    return (f"HTTP {reply.status}", f"{len(reply.body):,} bytes")


def _reason(reply: Reply) -> str:
    if reply.status == 403 and _NAMES_AN_ADDRESS.search(reply.body[:_READ_BYTES]):
        return "address_not_on_allow_list"
    if reply.status in _REASONS:
        return _REASONS[reply.status]
    if 200 <= reply.status < 300 or (reply.status == 400 and _is_from_braze(reply)):
        return "ok"
    if reply.status == 408 or reply.status >= 500:
        return "server_error"
    return "wrong_address" if 300 <= reply.status < 400 else "unexpected_answer"


# Braze documents no text for this: it may name the list of addresses that the key was given, or the address itself.
_NAMES_AN_ADDRESS = re.compile(rb"\b(allow-? ?list(ed|ing)?|white-? ?list(ed|ing)?|ip|ip-?address(es)?)\b", re.I)
_READ_BYTES = 10_000
_REASONS = {401: "key_refused", 403: "permission_missing", 404: "wrong_address", 429: "rate_limited"}


def _is_from_braze(reply: Reply) -> bool:
    """Any web server answers 400 to something; Braze says that there is no valid data."""
    try:
        answer = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        return False
    return isinstance(answer, dict) and "valid data" in str(answer.get("message", "")).lower()


def _checked(
    reason: str, details: Mapping[str, str], request: tuple[str, ...] = (), answer: tuple[str, ...] = ()
) -> Checked:
    is_good, is_refusal = reason in {"ok", "slow"}, reason in _REFUSALS
    return Checked(is_good, reason, advice(reason), details, is_refusal, request, answer)


def advice(reason: str) -> str:
    """What a reason means, and what to do."""
    texts = {
        "ok": _("Braze takes the key, and the key may track users."),
        "slow": _("Braze takes the key, but answered slowly. Events will arrive late while this lasts."),
        "key_refused": _(
            "Braze does not know the key at this endpoint. Either the key is wrong or was deleted, or it belongs to "
            "another Braze instance (cluster): compare the endpoint with the address of your dashboard."
        ),
        "permission_missing": _(
            "Braze knows the key, but the key lacks the permission users.track. Permissions of a key cannot be "
            "changed: create a new one in Braze."
        ),
        "deletion_not_allowed": _(
            "Braze knows the key, but the key lacks the permission users.delete, which streaming does not need. Create "
            "a key in Braze that has both, store it in the connection, and try again; or delete the profile in Braze."
        ),
        "address_not_on_allow_list": _(
            "Braze knows the key, but the key has a list of allowed IP addresses, and the one we call from is not on "
            "it. The list of a key cannot be changed: create a new key in Braze whose list is empty or holds the "
            "addresses from which this product reaches the internet."
        ),
        "wrong_address": _("What answers at this endpoint is not Braze's REST API. Check the REST endpoint."),
        "address_not_allowed": _(
            "The endpoint does not lead to Braze's REST API on the public internet, so it is not called."
        ),
        "host_unknown": _("There is no such host. Check the REST endpoint for typing errors."),
        "unreachable": _("The endpoint cannot be reached: no connection could be made, or it broke off."),
        "no_answer": _("The endpoint gave no proper answer in time. Try again in a few minutes."),
        "tls_failed": _(
            "No safe connection could be made: the endpoint speaks no TLS, or its certificate is not in order. "
            "Something between us and Braze may be reading along."
        ),
        "rate_limited": _("Braze takes no more calls at the moment, because its limit is used up. Try again later."),
        "server_error": _("Braze has trouble of its own at the moment. Try again in a few minutes."),
    }
    return texts.get(reason, _("The endpoint gave an answer that Braze would not give. Check the REST endpoint."))


def field_at_fault(reason: str) -> str:
    """The form's field that has to be mended; empty where nobody knows, or where it is over by itself."""
    if reason in _KEY_FAULTS:
        return "apiKey"
    return "apiEndpoint" if reason in _ENDPOINT_FAULTS else ""


def _details(begun: float, headers: Mapping[str, str]) -> dict[str, str]:
    """Numbers and words of our own only: nothing that the other side wrote is shown as it is."""
    found = {"duration_ms": str(round((time.monotonic() - begun) * 1000))}
    if (skew := _clock_skew(headers.get("date", ""))) is not None:
        found["clock_skew_seconds"] = str(skew)
    if dialect := _rate_dialect(headers):
        found["rate_limits"] = dialect
    return found


def _clock_skew(text: str) -> int | None:
    try:
        return round(time.time() - parsedate_to_datetime(text).timestamp())
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _rate_dialect(headers: Mapping[str, str]) -> str:
    if "x-ratelimit-retry-after" in headers:
        return "hourly"
    reset = headers.get("x-ratelimit-reset", "").strip()
    if not (reset.isascii() and reset.isdecimal() and len(reset) <= 12):
        return ""
    return "classic" if int(reset) > EPOCH_FROM else "hourly"
