"""Whatever JSON a client may send, the stand-in answers, and its page can show what came of it."""

import asyncio

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.braze.app import BrazeSimulator
from simulators.braze.endpoints import ENDPOINTS
from simulators.braze.plans import PLANS
from simulators.journal import Journal
from simulators.keys import KeyRing
from simulators.messages import Request

HEADERS = {"authorization": "Bearer any-key", "content-type": "application/json"}
NAMES = [
    *("external_id", "user_alias", "alias_name", "alias_label", "braze_id", "email", "phone", "name", "product_id"),
    *("time", "properties", "currency", "price", "quantity", "gender", "time_zone", "country", "language", "dob"),
    *("subscription_groups", "subscription_group_id", "subscription_state", "push_tokens", "token", "app_id"),
    *("current_location", "email_subscribe", "inc", "add", "remove", "$add", "$update", "$remove", "$new_object"),
    *("_merge_objects", "_update_existing_only", "identifier_to_keep", "identifier_to_merge", "external_ids"),
    *("products", "fields_to_export", "user_aliases", "merge_updates", "aliases_to_identify", "emails_to_identify"),
]
TEXTS = st.sampled_from(["m-1", "a@b.de", "2026-05-04T10:15:00Z", "EUR", "subscribed", "ecommerce.order_placed", ""])
PLAIN = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | TEXTS | st.text()
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner, max_size=6),
    max_leaves=20,
)
USERS = st.fixed_dictionaries({"external_id": st.sampled_from(["m-1", "m-2"])})
OBJECTS = st.builds(lambda user, rest: {**rest, **user}, USERS, st.dictionaries(st.sampled_from(NAMES), VALUES))
EVENTS = st.builds(
    lambda rest: {"external_id": "m-1", "name": "ping", "time": "2026-05-04T10:15:00Z", "properties": rest},
    st.dictionaries(st.text(min_size=1, max_size=5), VALUES, max_size=4),
)


def answer(simulator, method, path, body=None):
    sent = b"" if body is None else orjson.dumps(body)
    return asyncio.run(simulator.answer(Request(method, path, {}, HEADERS, sent)))


@pytest.fixture(scope="module")
def simulator():
    return BrazeSimulator(journal=Journal(), keys=KeyRing(), plan=PLANS["standard"])


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(attributes=st.lists(OBJECTS | VALUES, max_size=5), events=st.lists(EVENTS | OBJECTS | VALUES, max_size=5))
def test_track_answers_any_object(simulator, attributes, events):
    told = answer(simulator, "POST", "/users/track", {"attributes": attributes, "events": events, "purchases": events})

    assert told.status in (201, 400, 429)
    assert answer(simulator, "GET", "/").status == 200


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(path=st.sampled_from(sorted(ENDPOINTS)), body=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6))
def test_every_endpoint_answers_any_body(simulator, path, body):
    told = answer(simulator, ENDPOINTS[path].method, path, body)

    assert told.status in (200, 201, 202, 400, 429)
    assert isinstance(orjson.loads(told.body), dict)
