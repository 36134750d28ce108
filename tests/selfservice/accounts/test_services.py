import pytest
from django.core.exceptions import ValidationError

from selfservice.accounts.models import User
from selfservice.accounts.services import create_person, person_of_link, set_password, sign_in_link
from selfservice.audit.models import AuditEntry
from selfservice.audit.services import COMMAND_LINE
from tests.factories.people import person

pytestmark = pytest.mark.django_db
BASE = "https://loyalty.example"


def token_of(link):
    return link.rpartition("/")[2]


def test_create_person_without_password():
    user = create_person(actor=COMMAND_LINE, email=" Ada@Example.org ", name="Ada", is_operator=True)

    assert user.email == "ada@example.org"
    assert user.is_operator
    assert not user.has_usable_password()


def test_create_person_again_keeps_what_is_theirs():
    known = person(email="ada@example.org", name="Ada", is_operator=True)

    user = create_person(actor=COMMAND_LINE, email="ADA@example.org")

    assert user.pk == known.pk
    assert (user.name, user.is_operator, user.has_usable_password()) == ("Ada", True, True)


def test_create_person_is_told_to_the_audit_trail():
    create_person(actor=COMMAND_LINE, email="ada@example.org", name="Ada")
    create_person(actor=COMMAND_LINE, email="ada@example.org", name="Ada")
    create_person(actor=COMMAND_LINE, email="ada@example.org", is_operator=True)

    added, changed = AuditEntry.objects.order_by("pk")
    assert (added.action, added.before) == ("user.added", {})
    assert (changed.action, changed.subject) == ("user.changed", "ada@example.org")
    assert (changed.before["is_operator"], changed.after["is_operator"]) == (False, True)


def test_set_password_is_told_without_the_password():
    set_password(user=person(), password="eight blue bicycles", actor=COMMAND_LINE)

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.before, entry.after) == ("user.password_set", {}, {})


@pytest.mark.parametrize("email", ["", "ada", "ada@"])
def test_create_person_refuses_no_address(email):
    with pytest.raises(ValidationError):
        create_person(actor=COMMAND_LINE, email=email)

    assert not User.objects.exists()


def test_link_names_its_person():
    user = person()

    link = sign_in_link(user=user, base_url=BASE + "/")

    assert link.startswith(f"{BASE}/sign-in/link/")
    assert person_of_link(token=token_of(link)) == user


@pytest.mark.parametrize("token", ["", "-", "x", "MQ-", "!!-abc", "MTIzNDU2Nzg5-c0ffee-abc"])
def test_link_made_up(token):
    assert person_of_link(token=token) is None


def test_link_of_another_person():
    one, other = (
        token_of(sign_in_link(user=person(), base_url=BASE)),
        token_of(sign_in_link(user=person(), base_url=BASE)),
    )
    mixed = f"{one.partition('-')[0]}-{other.partition('-')[2]}"

    assert person_of_link(token=mixed) is None


def test_link_expires(time_machine):
    time_machine.move_to("2026-03-02T09:00:00Z", tick=False)
    token = token_of(sign_in_link(user=person(), base_url=BASE))

    time_machine.move_to("2026-03-05T08:59:00Z", tick=False)
    assert person_of_link(token=token)

    time_machine.move_to("2026-03-05T09:00:01Z", tick=False)
    assert person_of_link(token=token) is None


def test_link_of_a_switched_off_person():
    user = person()
    token = token_of(sign_in_link(user=user, base_url=BASE))

    User.objects.filter(pk=user.pk).update(is_active=False)

    assert person_of_link(token=token) is None
