"""Whatever JSON can hold in an event: no exception, nothing that Braze refuses or drops, nothing lost without a note.

ANYTHING=5000 tries as many events of each kind.
"""

import json
import os
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.braze.config import Identifier, IdentifierValue, ProductIdMode, RevenueMode
from integrations.braze.mapping.mapper import BrazeMapper
from integrations.braze.mapping.properties import snake_case
from integrations.spec import Mapped
from loyalty_api.contract import EventType
from tests.factories.braze import all_records, braze_config
from tests.factories.events import canonical_event
from tests.integrations.braze.braze_rules import faults

CORPUS = json.loads((Path(__file__).parents[1] / "bad_events.json").read_text())
thorough = settings(
    max_examples=int(os.environ.get("ANYTHING", "150")), deadline=None, suppress_health_check=list(HealthCheck)
)
USED = {"user", "lineItems"}
NAMES = sorted({name for type_ in EventType for name in canonical_event(type_).data} | {"changed", "nextLevel"})
USER_NAMES = sorted(canonical_event("USER_CHANGED").data["user"])

texts = st.text(max_size=6) | st.sampled_from(["x" * 300, "ü" * 256, "\ud800", "a\0b", "$a", "a.b"])
singles = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.integers(-(2**70), 2**70), st.floats(), texts),
    st.sampled_from(
        ["", " ", "12", "-3.5", "1e9", "EUR", "DE", "Deutschland", "+49 (0) 151 1234567", "a@b.de", "x" * 400]
    ),
    st.sampled_from(["2026-03-02T09:15:02Z", "0001-01-01T00:00:00+15:00", "1988-02-30", "EARNTRANSACTION", "OWNER"]),
)
keys = st.one_of(texts, st.sampled_from(["time", "event_name", "$time", "inc", "a.b", "name", "value", "x" * 300]))
anything = st.recursive(
    singles, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=3), max_leaves=8
)
properties = st.lists(
    st.fixed_dictionaries({"name": keys | st.sampled_from(["hat", "email"]), "value": anything}) | anything, max_size=4
)
users = st.dictionaries(st.sampled_from(USER_NAMES) | keys, anything, max_size=4).flatmap(
    lambda user: st.just(user) | properties.map(lambda found: user | {"customProperties": found})
)
lines = st.lists(
    st.dictionaries(st.sampled_from(["itemId", "merchandiseGroup", "quantity", "extendedAmount"]) | keys, anything),
    max_size=6,
)
data = st.dictionaries(st.sampled_from(NAMES) | keys, anything, max_size=5).flatmap(
    lambda found: (
        st.just(found)
        | users.map(lambda user: found | {"user": user})
        | lines.map(lambda items: found | {"transactionType": "EARNTRANSACTION", "amount": 9.9, "lineItems": items})
    )
)
configs = st.builds(
    braze_config,
    identifier=st.sampled_from(Identifier),
    identifier_value=st.sampled_from([IdentifierValue.ACCOUNT_ID, IdentifierValue.USER_ID]),
    revenue_mode=st.sampled_from(RevenueMode),
    product_id_mode=st.sampled_from(ProductIdMode),
    **{name: st.booleans() for name in ("has_flat_balance", "has_next_tier", "has_expiring_points", "is_update_only")},
)


def assert_good(mapper, result):
    assert isinstance(result, Mapped)
    for record in all_records(mapper, result):
        assert faults(record.array, orjson.loads(record.body)) == [], record.body
    assert all(len(note) <= 510 and note.encode() for note in result.notes)


@pytest.mark.slow
@thorough
@given(type_=st.sampled_from(EventType), data=data, config=configs)
def test_anything_becomes_what_braze_takes(type_, data, config):
    mapper = BrazeMapper(config)

    assert_good(mapper, mapper.map_event(replace(canonical_event(type_), data=data, user_id="u-1")))


@pytest.mark.slow
@thorough
@given(type_=st.sampled_from(EventType), data=st.dictionaries(st.sampled_from(NAMES) | keys, anything, max_size=6))
def test_nothing_is_lost_without_a_note(type_, data):
    mapper = BrazeMapper(braze_config())

    result = mapper.map_event(replace(canonical_event(type_), data=data))

    sent = orjson.loads(result.records[0].body)["properties"]
    for name, value in data.items():
        is_sent = snake_case(name) in sent and sent[snake_case(name)] == value
        is_noted = any(
            note.startswith(name[:20].encode(errors="replace").decode().replace("\0", "?")) for note in result.notes
        )
        is_empty = value is None or value == ""
        assert is_sent or is_noted or is_empty or name in USED or len(result.notes) > 50, (name, value, result.notes)


@pytest.mark.slow
@thorough
@given(found=properties)
def test_no_property_of_a_user_is_lost_without_a_note(found):
    mapper = BrazeMapper(braze_config())

    result = mapper.map_event(replace(canonical_event("USER_CHANGED"), data={"user": {"customProperties": found}}))

    good = sum(1 for name in result.attributes if not name.startswith("convercus_"))
    empty = sum(1 for item in found if isinstance(item, dict) and item.get("value") in (None, ""))
    assert good + empty + len(result.notes) >= len(found)


@pytest.mark.parametrize("case", CORPUS, ids=[case["why"] for case in CORPUS])
def test_bad_event_of_the_corpus_becomes_what_braze_takes(case):
    data = case["data"] | ({"user": _many_properties(case["properties"])} if "properties" in case else {})
    event = replace(canonical_event("BALANCE_CHANGED"), type=case["type"], data=data, **case.get("event", {}))
    mapper = BrazeMapper(braze_config())

    result = mapper.map_event(event)

    if "filtered" in case:
        assert result.reason == case["filtered"]
        return
    assert_good(mapper, result)
    assert sorted({record.array for record in all_records(mapper, result)}) == sorted(case["arrays"])
    noted = " | ".join(result.notes)
    assert all(words in noted for words in case["notes"]), noted
    assert bool(case["notes"]) == bool(noted), noted


def _many_properties(count):
    return {"customProperties": [{"name": f"p{number}", "value": number} for number in range(count)]}
