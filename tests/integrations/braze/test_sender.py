"""What an answer of Braze means, and that Braze takes what we send."""

import orjson
import pytest

from integrations.braze.client import Reply
from integrations.braze.config import Identifier
from integrations.braze.mapping.mapper import BrazeMapper
from integrations.braze.sender import outcome_of, request_body, send
from integrations.outbound.sessions import GuardedSession
from integrations.spec import Delivered, Record, Rejected, Retry, Stopped
from loyalty_api.contract import EventType
from selfservice.secrets.secret import Secret
from tests.factories.braze import all_records, braze_config
from tests.factories.events import canonical_event

RECORDS = [
    Record("attributes", orjson.dumps({"external_id": "a"}), True),
    Record("events", orjson.dumps({"external_id": "a", "name": "one"}), False),
    Record("attributes", orjson.dumps({"external_id": "b"}), True),
    Record("events", orjson.dumps({"external_id": "b", "name": "two"}), False),
]


def outcome(status, body=b"", headers=None):
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return outcome_of(Reply(status, headers or {}, raw), RECORDS, now=0)


def answer_with(*errors, status=201):
    return outcome(status, {"message": "success", "errors": list(errors)})


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"[]", b'"text"', b"\xff\xfe", b'{"message":"queued"}'])
def test_any_2xx_is_delivered_whatever_it_says(status, body):
    assert outcome(status, body) == Delivered()


@pytest.mark.parametrize("index", [1, "1"])
def test_item_error_is_found_by_its_place_in_its_array(index):
    assert answer_with({"type": "no", "input_array": "events", "index": index}) == Delivered({3: "no"})


def test_several_item_errors_are_kept_apart():
    found = answer_with(
        {"type": "bad mail", "input_array": "attributes", "index": 0},
        {"type": "bad name", "input_array": "events", "index": 1},
    )

    assert found == Delivered({0: "bad mail", 3: "bad name"})


@pytest.mark.parametrize(
    "error",
    [
        {"type": "no", "input_array": "events", "index": 2},
        {"type": "no", "input_array": "events", "index": -1},
        {"type": "no", "input_array": "events", "index": "x"},
        {"type": "no", "input_array": "events", "index": None},
        {"type": "no", "input_array": "events"},
        {"type": "no", "input_array": "purchases", "index": 0},
        {"type": "no", "input_array": ["events"], "index": 0},
        {"type": "no", "index": 0},
        "a sentence",
        None,
        7,
    ],
)
def test_error_that_names_no_item_of_ours_costs_nothing(error):
    assert answer_with(error) == Delivered()


def test_item_error_without_words_is_refused_all_the_same():
    assert answer_with({"input_array": "events", "index": 0}) == Delivered({1: "refused"})


def test_item_error_is_cut():
    (reason,) = answer_with({"type": "x" * 9_000, "input_array": "events", "index": 0}).refused.values()

    assert len(reason) == 500


def test_400_that_names_every_item_needs_no_halving():
    errors = [
        {"type": "no", "input_array": name, "index": index} for name in ("attributes", "events") for index in (0, 1)
    ]

    assert answer_with(*errors, status=400) == Delivered(dict.fromkeys(range(4), "no"))


def test_400_that_names_some_items_is_rejected_as_a_whole():
    found = answer_with({"type": "no", "input_array": "events", "index": 0}, status=400)

    assert found == Rejected("400: success")


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (400, {"error": "Error while parsing"}, "400: Error while parsing"),
        (400, {"message": "Max Input Length Exceeded"}, "400: Max Input Length Exceeded"),
        (400, b"<html>", "400: refused"),
        (413, b"", "413: refused"),
        (415, b"", "415: refused"),
        (422, {"message": {"deep": 1}}, "422: {'deep': 1}"),
    ],
)
def test_other_4xx_is_rejected_with_the_words_of_the_answer(status, body, reason):
    assert outcome(status, body) == Rejected(reason)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "key_refused"),
        (403, "permission_missing"),
        (404, "wrong_address"),
        (301, "wrong_address"),
        (307, "wrong_address"),
    ],
)
def test_refused_key_or_wrong_address_stops(status, reason):
    assert outcome(status, b"<html>") == Stopped(reason)


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 529, 599])
def test_failure_may_have_been_taken(status):
    assert outcome(status) == Retry(f"status_{status}", is_fate_unknown=True)


def test_rate_limit_was_not_taken():
    found = outcome(429, headers={"x-ratelimit-retry-after": "30"})

    assert (found.reason, found.after.total_seconds(), found.is_fate_unknown) == ("rate_limited", 30, False)
    assert outcome(429) == Retry("rate_limited", after=None)


def test_request_body_keeps_the_order_within_each_array():
    assert orjson.loads(request_body(RECORDS)) == {
        "attributes": [{"external_id": "a"}, {"external_id": "b"}],
        "events": [{"external_id": "a", "name": "one"}, {"external_id": "b", "name": "two"}],
    }


@pytest.mark.parametrize("identifier", Identifier)
def test_braze_takes_every_canonical_event(braze, identifier):
    config = braze_config(api_key=Secret(braze.key), endpoint=braze.url, identifier=identifier)
    mapper = BrazeMapper(config)
    records = [
        record for type_ in EventType for record in all_records(mapper, mapper.map_event(canonical_event(type_)))
    ]

    answer = send(records, config, GuardedSession())

    assert (answer.outcome, answer.status) == (Delivered(), 201)
    assert answer.path == "/users/track"
    assert braze.key.encode() not in answer.request_body
    assert len(braze.taken("events")) == len(EventType)
    assert {entry["user_agent"] for entry in braze.journal()} == {"partner-Convercus"}


def test_no_answer_has_status_zero(settings):
    settings.OUTBOUND_ALLOW = frozenset({"127.0.0.1:9"})
    config = braze_config(endpoint="http://127.0.0.1:9")

    answer = send(RECORDS, config, GuardedSession())

    assert (answer.status, answer.response_body) == (0, b"")
    assert answer.outcome == Retry("unreachable", is_fate_unknown=False)


@pytest.mark.parametrize(("text", "kept"), [(r"bad \u0000 one", "bad � one"), (r"bad \ud800 one", "bad ? one")])
def test_words_that_no_row_takes_are_repaired(text, kept):
    item = b'{"errors": [{"type": "%s", "input_array": "events", "index": 1}]}' % text.encode()
    whole = b'{"message": "%s"}' % text.encode()

    assert outcome(201, item) == Delivered({3: kept})
    assert outcome(400, whole) == Rejected(f"400: {kept}")
