"""Custom properties: defined, and taken out."""

import pytest

from selfservice.audit.models import AuditEntry
from tests.factories.engine import ProgramFactory
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db
PAGE = "/programs/club/settings/properties"
SHOE = {"owner": "user", "name": "shoeSize", "label": "Shoe size", "kind": "number"}


@pytest.fixture
def program():
    return ProgramFactory(code="club")


@pytest.fixture
def admin(client, program):
    return sign_in(client, person(program=program))


def test_property_is_defined_and_taken_out(admin, program):
    assert admin.post(PAGE, SHOE).status_code == 302
    program.refresh_from_db()
    assert program.properties_of("user") == [SHOE]
    assert program.properties_of("coupon") == []
    assert "Shoe size" in admin.get(PAGE).text

    admin.post(PAGE, {"remove": "user:shoeSize"})
    program.refresh_from_db()
    assert program.custom_properties == []
    assert AuditEntry.objects.filter(action="program.saved").count() == 2


@pytest.mark.parametrize(("field", "value"), [("name", "shoe size"), ("name", ""), ("label", ""), ("owner", "till")])
def test_property_is_refused(admin, program, field, value):
    assert admin.post(PAGE, SHOE | {field: value}).status_code == 422
    program.refresh_from_db()
    assert program.custom_properties == []


def test_there_are_not_too_many(admin, program):
    program.custom_properties = [SHOE | {"name": f"p{number}"} for number in range(100)]
    program.save()

    answer = admin.post(PAGE, SHOE)

    assert answer.status_code == 422
    assert "These are at most 100." in answer.text


def test_name_is_taken_once_of_each_owner(admin, program):
    admin.post(PAGE, SHOE)

    again, other = admin.post(PAGE, SHOE), admin.post(PAGE, SHOE | {"owner": "account"})

    assert (again.status_code, other.status_code) == (422, 302)
    assert "There is one of this name already." in again.text
