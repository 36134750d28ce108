"""What a line is called, and what it says has changed."""

import ast
from pathlib import Path

import pytest
from django.utils import translation

from selfservice.trail.differences import differences
from selfservice.trail.words import action_in_words, all_words

CLONE = Path(__file__).resolve().parents[3]


def recorded_actions():
    """Each action that stands in a call as a text of its own."""
    for folder in ("selfservice", "integrations", "loyalty_api"):
        for path in (CLONE / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.keyword) and node.arg == "action" and isinstance(node.value, ast.Constant):
                    yield str(node.value.value)


def test_whatever_is_recorded_has_words():
    found = {action for action in recorded_actions() if "." in action}

    assert len(found) > 10
    assert sorted(found - set(all_words().actions)) == []


@pytest.mark.parametrize(
    ("action", "language", "words"),
    [
        ("key.revoked", "en", "Key revoked"),
        ("key.revoked", "de", "Schlüssel widerrufen"),
        ("store.removed", "en", "Removed: store"),
        ("store.removed", "de", "Entfernt: Filiale"),
        ("partner.retired", "en", "Partner retired"),
        ("store.revived", "en", "Store in use again"),
        ("loyalty_platform.tested", "de", "Loyalty-Plattform getestet"),
        ("pigeon_post.added", "en", "Added: pigeon post"),
        ("pigeon.sent", "en", "pigeon.sent"),
    ],
)
def test_action_in_words(action, language, words):
    with translation.override(language):
        assert action_in_words(action) == words


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ({"role": "viewer"}, {"role": "admin"}, [("role", "Viewer", "Admin")]),
        ({}, {"expires_at": "2026-03-02T09:00:00+01:00"}, [("valid until", "", "2 Mar 2026, 08:00")]),
        ({}, {"code": "2026-13-99T99:99:99+01:00"}, [("code", "", "2026-13-99T99:99:99+01:00")]),
        ({}, {"is_active": False}, [("switched on", "", "no")]),
        ({"optins": ["a", "b"]}, {"optins": ["b", "c"]}, [("opt-in channels", "a", "c")]),
        ({"x_y": 1, "same": 2}, {"x_y": 1.5, "same": 2}, [("x y", "1", "1.5")]),
        ({}, {"filters": {"who": "ada", "what": ""}}, [("filters", "", "who: ada, what: ")]),
        ({"gone": None}, {"gone": ""}, []),
        ({"status": "DRAFT"}, {"status": "ACTIVE"}, [("status", "Draft", "Active")]),
        ({}, {"assignationType": "ALL"}, [("Who has it", "", "All members")]),
        (
            {},
            {"pointsOfRedemption": [{"unitType": "PROGRAM", "value": "club"}]},
            [("Points of redemption", "", "kind of place: program, which one: club")],
        ),
        (
            {},
            {"reason": "login_404", "duration_ms": 7},
            [("reason", "", "no login at the address"), ("duration in ms", "", "7")],
        ),
        ({}, {"note": "x" * 300}, [("note", "", "x" * 200 + "…")]),
        ({}, {"ids": list(range(8))}, [("ids", "", "0, 1, 2, 3, 4, 5 and 2 more")]),
    ],
)
def test_differences_in_words(before, after, shown):
    assert [(each.label, each.before, each.after) for each in differences(before, after)] == shown
