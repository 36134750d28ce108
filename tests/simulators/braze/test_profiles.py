from datetime import UTC, datetime

import pytest

from simulators.braze.batch import Item
from simulators.braze.profiles import Workspace

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
TIME = "2026-05-04T10:15:00Z"
ALIAS = {"alias_name": "a-1", "alias_label": "convercus"}


def apply(workspace, array="attributes", **content):
    workspace.apply(Item(array, 0, content), now=NOW)


@pytest.mark.parametrize(
    ("fields", "created"),
    [
        ({"external_id": "m"}, True),
        ({"external_id": "m", "_update_existing_only": True}, False),
        ({"external_id": "m", "_update_existing_only": False}, True),
        ({"user_alias": ALIAS}, False),
        ({"user_alias": ALIAS, "_update_existing_only": True}, False),
        ({"user_alias": ALIAS, "_update_existing_only": False}, True),
        ({"email": "a@b.de"}, True),
        ({"phone": "+49", "_update_existing_only": True}, False),
        ({"braze_id": "b"}, False),
    ],
)
def test_apply_creates_profiles_by_the_identifier_rules(fields, created):
    workspace = Workspace()

    apply(workspace, **fields, a=1)

    assert len(workspace) == created


def test_apply_updates_the_profile_it_finds():
    workspace = Workspace()
    apply(workspace, user_alias=ALIAS, _update_existing_only=False, a=1)

    apply(workspace, user_alias=ALIAS, a=2)
    apply(workspace, external_id="a-1", _update_existing_only=True, a=3)

    assert workspace.find("a-1").shown()["attributes"] == {"a": 2}
    assert workspace.find("a-1").shown()["user_aliases"] == [ALIAS]


def test_apply_keeps_profiles_with_one_email_apart():
    workspace = Workspace()
    apply(workspace, external_id="one", email="a@b.de")

    apply(workspace, external_id="two", email="a@b.de")

    assert len(workspace) == 2


def test_apply_by_email_prefers_the_latest_with_an_external_id():
    workspace = Workspace()
    apply(workspace, external_id="one", email="a@b.de")
    apply(workspace, external_id="two", email="A@b.de")
    apply(workspace, user_alias=ALIAS, _update_existing_only=False, email="a@b.de")

    apply(workspace, email="a@b.de", found=True)

    assert workspace.find("two").attributes["found"] is True


def test_apply_follows_an_email_that_changes():
    workspace = Workspace()
    apply(workspace, external_id="one", email="old@b.de")

    apply(workspace, external_id="one", email="new@b.de")
    apply(workspace, email="new@b.de", found=True)
    apply(workspace, email="old@b.de", found=True)

    assert workspace.find("one").attributes["found"] is True
    assert len(workspace) == 2


def test_apply_shares_the_email_state_of_an_address():
    workspace = Workspace()
    apply(workspace, external_id="one", email="a@b.de", email_subscribe="subscribed")
    apply(workspace, external_id="two", email="a@b.de")

    apply(workspace, external_id="two", email_subscribe="unsubscribed")

    assert workspace.find("one").attributes["email_subscribe"] == "unsubscribed"


def test_apply_appends_every_event_again():
    workspace = Workspace()

    for _ in range(2):
        apply(
            workspace, "events", external_id="m", name="ping", time=TIME, properties={"event_id": "e", "s": "x" * 256}
        )

    event = {"name": "ping", "time": TIME, "properties": {"event_id": "e"}}
    assert workspace.find("m").shown()["custom_events"] == [event, event]


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("2026-05-04T12:00:00Z", "2026-05-04T12:00:00Z"),
        ("2026-05-04T13:30:00+02:00", "2026-05-04T13:30:00+02:00"),
        ("2026-05-04T12:00:01Z", "2026-05-04T12:00:00.000+00:00"),
        ("1999-01-01", "1999-01-01"),
    ],
)
def test_apply_turns_a_future_time_into_now(sent, stored):
    workspace = Workspace()

    apply(workspace, "events", external_id="m", name="ping", time=sent)

    assert workspace.find("m").custom_events[0]["time"] == stored


def test_apply_stores_a_purchase_once_for_each_piece():
    workspace = Workspace()

    apply(workspace, "purchases", external_id="m", product_id="p", currency="EUR", price=2.5, quantity=3, time=TIME)

    one = {"product_id": "p", "currency": "EUR", "price": 2.5, "time": TIME, "properties": {}}
    assert workspace.find("m").shown()["purchases"] == [one] * 3


def test_recent_begins_with_the_last_touched():
    workspace = Workspace()
    for identifier in ("one", "two", "one"):
        apply(workspace, external_id=identifier)

    assert [profile.identifier for profile in workspace.recent()] == ["one", "two"]
