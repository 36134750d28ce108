"""What two mappings of one event differ in."""

import pytest

from integrations.delivery.batching import Unmappable
from integrations.matrix.differences import Kind, Part, change_of
from integrations.spec import Filtered
from tests.factories.braze import mapped
from tests.factories.events import balance_event, canonical_event

EVENT = balance_event()


def lines(change):
    return [(line.part, line.name, line.before.content, line.after.content) for line in change.lines]


def test_same_mapping_is_no_change():
    assert change_of(EVENT, mapped(EVENT), mapped(EVENT)) is None


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        (Filtered("not_selected"), Kind.ENDED),
        (Filtered("no_identifier"), Kind.FAILED),
        (Unmappable("mapping_failed"), Kind.FAILED),
    ],
)
def test_event_that_ends_fails_unless_somebody_chose_so(after, kind):
    change = change_of(EVENT, mapped(EVENT), after)

    assert (change.kind, change.reason) == (kind, after.reason)
    assert all(not line.after.is_there for line in change.lines)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (Filtered("not_selected"), Filtered("not_selected"), None),
        (Filtered("no_identifier"), Filtered("not_selected"), None),
        (Filtered("not_selected"), Filtered("no_identifier"), Kind.FAILED),
        (Filtered("no_identifier"), Filtered("no_identifier"), None),
    ],
)
def test_event_that_was_not_sent_anyway(before, after, kind):
    change = change_of(EVENT, before, after)

    assert (change and change.kind) == kind


def test_event_that_begins_to_be_sent():
    change = change_of(EVENT, Filtered("not_selected"), mapped(EVENT))

    assert change.kind == Kind.BEGUN
    assert (Part.EVENT, "", None, "convercus_balance_changed") in lines(change)


def test_lines_name_attribute_event_and_property():
    renamed = mapped(EVENT, renames={"convercus_balance": "purse", "convercus_balance_changed": "points"})

    change = change_of(EVENT, mapped(EVENT), renamed)

    purse = mapped(EVENT).attributes["convercus_balance"]
    assert lines(change) == [
        (Part.ATTRIBUTE, "convercus_balance", purse, None),
        (Part.EVENT, "", "convercus_balance_changed", "points"),
        (Part.ATTRIBUTE, "purse", None, purse),
    ]


def test_one_and_true_are_two_values():
    event = canonical_event("USER_CHANGED", data={"user": {"customProperties": [{"name": "hat", "value": 1}]}})
    other = canonical_event("USER_CHANGED", data={"user": {"customProperties": [{"name": "hat", "value": True}]}})

    assert lines(change_of(event, mapped(event), mapped(other))) == [(Part.ATTRIBUTE, "hat", 1, True)]


def test_purchases_are_told_apart():
    receipt = canonical_event("ACCOUNT_TRANSACTION")

    change = change_of(receipt, mapped(receipt), mapped(receipt, product_id_mode="category"))

    assert (Part.PURCHASE, "product_id", "t-1", "shoes") in lines(change)
    assert (Part.PURCHASE, "product_id 2", None, "care") in lines(change)
