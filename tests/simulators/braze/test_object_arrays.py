import pytest

from simulators.braze.attributes import write_attributes

CATS = [{"id": 1, "name": "Tom"}, {"id": 2, "name": "Kit", "age": 3}]


def changed(change, **steering):
    stored = {"cats": CATS}
    write_attributes(stored, {"cats": change} | steering)
    return stored["cats"]


def test_add_puts_objects_at_the_end():
    assert changed({"$add": [{"id": 3}]}) == [*CATS, {"id": 3}]


def test_add_starts_an_array():
    stored = {}

    write_attributes(stored, {"cats": {"$add": [{"id": 3}]}})

    assert stored == {"cats": [{"id": 3}]}


def test_remove_takes_what_has_the_value():
    assert changed({"$remove": [{"$identifier_key": "id", "$identifier_value": 1}]}) == CATS[1:]


@pytest.mark.parametrize(("merge", "after"), [(True, {"id": 2, "name": "Kitty", "age": 3}), (False, {"name": "Kitty"})])
def test_update_replaces_or_merges(merge, after):
    update = {"$identifier_key": "id", "$identifier_value": 2, "$new_object": {"name": "Kitty"}}

    assert changed({"$update": [update]}, _merge_objects=merge) == [CATS[0], after]


def test_operators_of_one_request_run_in_their_order():
    change = {
        "$update": [{"$identifier_key": "id", "$identifier_value": 3, "$new_object": {"id": 4}}],
        "$remove": [{"$identifier_key": "name", "$identifier_value": "Tom"}],
        "$add": [{"id": 3}, {"id": 5, "name": "Tom"}],
    }

    assert changed(change) == [CATS[1], {"id": 4}]


@pytest.mark.parametrize(
    "change",
    [
        {"$add": [{"id": None}]},
        {"$add": [{"name": "x" * 256}]},
        {"$add": [{"at": {"$time": "soon"}}]},
        {"$add": [{"name": "x" * 255}] * 400},
        {"$update": [{"$identifier_key": "id", "$identifier_value": 1, "$new_object": {"a b": 1}}]},
        {"$add": {"id": 3}},
        {"$push": [{"id": 3}]},
    ],
)
def test_a_change_with_one_bad_value_is_dropped(change):
    assert changed(change) == CATS


@pytest.mark.parametrize(
    "change", [{"$remove": ["id"]}, {"$remove": [{}]}, {"$update": [{"$identifier_key": "x"}]}, {"$add": ["text"]}]
)
def test_a_change_that_means_nobody_changes_nothing(change):
    assert changed(change) == CATS
