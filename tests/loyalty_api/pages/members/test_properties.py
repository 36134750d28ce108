"""What a program wants to know of people and accounts: hidden like other personal data, and changed by editors."""

import pytest

from loyalty_api.engine.models import Account, User
from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Role
from tests.loyalty_api import recording
from tests.loyalty_api.pages.forms import text_of

pytestmark = pytest.mark.django_db
PAGE = "/programs/club/members/a-1"
FORM = "/programs/club/members/-/properties/a-1"


@pytest.fixture
def user(program, account):
    program.custom_properties = [
        {"owner": "user", "name": "shoeSize", "label": "Shoe size", "kind": "number"},
        {"owner": "account", "name": "till", "label": "Home till", "kind": "text"},
        {"owner": "account", "name": "isStaff", "label": "Staff", "kind": "boolean"},
    ]
    program.save()
    User.objects.update(custom_properties={"shoeSize": 38, "hobby": "sailing"})
    return User.objects.get()


def test_person_is_shown_by_label_and_hidden(signed_in, user):
    page = text_of(signed_in(Role.VIEWER).get(PAGE))

    assert "Shoe size" in page
    assert "38" not in page.partition("Shoe size")[2][:100]
    assert "sailing" not in page
    assert "Change the properties" not in page
    shown = text_of(signed_in(Role.ADMIN).post("/programs/club/members/-/reveal/a-1", {"reason": "Complaint 4711"}))
    assert "38" in shown.partition("Shoe size")[2][:100]
    assert "sailing" in shown


def test_person_is_changed_once_told_and_written_down_without_values(signed_in, user):
    editor, address = signed_in(Role.EDITOR), f"{FORM}?person={user.id}"
    assert "38" not in text_of(editor.get(address)).partition("<form method")[2].partition("</form>")[0]

    for words in ("Saved.", "Nothing is another now"):
        assert words in text_of(editor.post(address, {"property-shoeSize": "39.5"}, follow=True))

    assert User.objects.get().custom_properties == {"shoeSize": 39.5, "hobby": "sailing"}
    assert recording.types() == ["USER_CHANGED"]
    line = AuditEntry.objects.get()
    assert (line.action, line.actor, line.subject) == ("member.properties_changed", "editor@example.org", "a-1")
    assert line.before == {"properties_filled_in": ["shoeSize"]}
    assert line.after == {"properties_filled_in": ["shoeSize"], "properties_removed": [], "person": user.id}


def test_account_is_filled_in_and_emptied(signed_in, user):
    editor = signed_in(Role.EDITOR)

    editor.post(FORM, {"property-till": "T 7", "property-isStaff": "false"})
    assert Account.objects.get().custom_properties == {"till": "T 7", "isStaff": False}
    assert "Home till" in text_of(editor.get(PAGE))
    editor.post(FORM, {"removed": ["till"]})

    assert Account.objects.get().custom_properties == {"isStaff": False}
    assert AuditEntry.objects.latest("id").after["properties_removed"] == ["till"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"property-shoeSize": "large"}, "Write a number, like 42 or 1.5."),
        ({"property-shoeSize": "39", "removed": ["shoeSize"]}, "both at once cannot be"),
    ],
)
def test_mistakes_change_nothing(signed_in, user, given, words):
    answer = signed_in(Role.EDITOR).post(f"{FORM}?person={user.id}", given)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert User.objects.get().custom_properties["shoeSize"] == 38
    assert not AuditEntry.objects.exists()


def test_person_of_another_account_is_not_found(signed_in, user):
    assert signed_in(Role.EDITOR).get(f"{FORM}?person=u-9").status_code == 404
