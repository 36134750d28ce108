import pytest

from simulators.braze.attributes import write_attributes


def written(sent, **stored):
    write_attributes(stored, {"external_id": "m"} | sent)
    return stored


def test_write_attributes_sets_replaces_and_removes():
    stored = written({"a": 2, "b": None, "gone": None, "c": "x"}, a=1, b=1)

    assert stored == {"a": 2, "c": "x"}


def test_write_attributes_keeps_steering_fields_out():
    stored = written({"user_alias": {}, "_update_existing_only": True, "_merge_objects": True, "a": True})

    assert stored == {"a": True}


@pytest.mark.parametrize(
    ("sent", "after"),
    [
        ({"n": {"inc": 5}}, {"n": 7, "text": "t"}),
        ({"n": {"inc": -5}}, {"n": -3, "text": "t"}),
        ({"new": {"inc": 5}}, {"n": 2, "text": "t", "new": 5}),
        ({"text": {"inc": 5}}, {"n": 2, "text": "t"}),
        ({"n": {"inc": 0.5}}, {"n": 2, "text": "t"}),
        ({"n": {"inc": 2**63 - 1}}, {"n": 2, "text": "t"}),
    ],
)
def test_write_attributes_increments_whole_numbers(sent, after):
    assert written(sent, n=2, text="t") == after


@pytest.mark.parametrize(
    ("sent", "after"),
    [
        (["b", "a", "b"], ["a", "b"]),
        ({"add": ["a", "c"]}, ["b", "a", "c"]),
        ({"remove": ["a", "x"]}, ["b"]),
        ({"add": ["c"], "remove": ["a"]}, ["b", "c"]),
        ([str(number) for number in range(30)], [str(number) for number in range(5, 30)]),
        (["ok", "x" * 256, None], ["ok"]),
    ],
)
def test_write_attributes_changes_arrays(sent, after):
    assert written({"list": sent}, list=["a", "b"])["list"] == after


def test_write_attributes_replaces_a_nested_object_whole():
    stored = written({"balance": {"points": 2}}, balance={"points": 1, "lockedPoints": 3})

    assert stored["balance"] == {"points": 2}


def test_write_attributes_merges_nested_objects_on_request():
    sent = {"_merge_objects": True, "balance": {"points": 2, "deep": {"b": 2}}}

    stored = written(sent, balance={"points": 1, "lockedPoints": 3, "deep": {"a": 1}})

    assert stored["balance"] == {"points": 2, "lockedPoints": 3, "deep": {"a": 1, "b": 2}}


@pytest.mark.parametrize(
    "nested",
    [
        {"a": None},
        {"a": [{"b": None}]},
        {"a b": 1},
        {"a.b": 1},
        {"$a": 1},
        {"a": "x" * 256},
        {"a": {"$time": "soon"}},
        {"a": ["x" * 200] * 600},
    ],
)
def test_write_attributes_drops_a_nested_update_with_one_bad_value(nested):
    assert written({"o": nested, "other": 1}, o={"old": 1}) == {"o": {"old": 1}, "other": 1}


def test_write_attributes_drops_a_merge_that_grows_too_large():
    stored = {"o": {"a": ["x" * 200] * 400}}

    write_attributes(stored, {"_merge_objects": True, "o": {"b": ["x" * 200] * 400}})

    assert list(stored["o"]) == ["a"]


def test_write_attributes_accepts_a_nested_time():
    assert written({"o": {"at": {"$time": "2026-05-04T10:15:00Z"}}})["o"]["at"]


def test_write_attributes_keeps_arrays_of_objects():
    levels = [{"name": "gold", "points": 1}, {"name": "gold", "points": 1}]

    assert written({"levels": levels})["levels"] == levels


@pytest.mark.parametrize(
    "sent",
    [
        {"first_name": 5},
        {"dob": "04.05.1990"},
        {"dob": "1990-02-30"},
        {"gender": "female"},
        {"gender": ["F"]},
        {"time_zone": {"zone": "UTC"}},
        {"language": "deu"},
        {"time_zone": "Mars/Olympus"},
        {"long": "x" * 256},
        {"n" * 256: 1},
        {"$name": 1},
    ],
)
def test_write_attributes_drops_unfit_values_silently(sent):
    assert written(sent) == {}


@pytest.mark.parametrize(
    "sent",
    [
        {"dob": "1990-05-04"},
        {"gender": "F"},
        {"language": "de"},
        {"time_zone": "Europe/Berlin"},
        {"long": "x" * 255},
    ],
)
def test_write_attributes_stores_fit_values(sent):
    assert written(sent) == sent


@pytest.mark.parametrize(
    ("sent", "stored"), [("DE", "DE"), ("de", "DE"), ("Germany", "DE"), ("AUT", "AT"), ("Atlantis", None), (49, None)]
)
def test_write_attributes_maps_a_country_or_stores_null(sent, stored):
    assert written({"country": sent}) == {"country": stored}


def test_write_attributes_leaves_out_blocked_names():
    stored = {}

    write_attributes(stored, {"a": 1, "secret": 2}, blocked_names={"secret"})

    assert stored == {"a": 1}


def test_write_attributes_keeps_longer_arrays_where_that_was_agreed():
    stored = {}

    write_attributes(stored, {"list": [*range(120)]}, array_length=100)

    assert stored["list"] == [*range(20, 120)]


def test_write_attributes_keeps_one_state_for_each_subscription_group():
    first, second = ({"subscription_group_id": name, "subscription_state": "subscribed"} for name in "ab")
    changed = first | {"subscription_state": "unsubscribed"}

    stored = written({"subscription_groups": [changed]}, subscription_groups=[first, second])

    assert stored["subscription_groups"] == [changed, second]
