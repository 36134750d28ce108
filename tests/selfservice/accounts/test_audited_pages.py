"""What operators change on their pages stands in the audit trail."""

import pytest
from django.urls import reverse
from django.utils import timezone

from loyalty_api.client.models import LoyaltyPlatform
from loyalty_api.engine.access_models import ApiUser
from loyalty_api.engine.place_models import Partner, Store
from selfservice.accounts.audited_pages import visible_values
from selfservice.accounts.models import User
from selfservice.audit.models import AuditEntry
from tests.factories.coupons import PartnerFactory, StoreFactory
from tests.factories.engine import CouponFactory, ProgramFactory
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client):
    return sign_in(client, person(email="op@example.org", is_operator=True))


def address(model, page, *arguments):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def last_entry():
    return AuditEntry.objects.latest("pk")


def test_change_of_a_person_names_who_what_before_and_after(operator):
    ada = person(email="ada@example.org", name="Ada")

    operator.post(address(User, "change", ada.pk), {"name": "Ada", "is_active": "on", "is_operator": "on"})

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.address) == ("op@example.org", "127.0.0.1")
    assert (entry.action, entry.subject, entry.program) == ("user.changed", "ada@example.org", "")
    assert (entry.before["is_operator"], entry.after["is_operator"]) == (False, True)
    assert "name" not in entry.after


def test_saving_what_is_there_already_is_no_change(operator):
    ada = person(email="ada@example.org", name="Ada")

    answer = operator.post(address(User, "change", ada.pk), {"name": "Ada", "is_active": "on"})

    assert answer.status_code == 302
    assert not AuditEntry.objects.exists()


def test_added_and_removed_rows_are_told_with_their_program(operator):
    program = ProgramFactory()

    operator.post(address(Partner, "add"), {"program": program.pk, "name": "Bakery"})
    added = last_entry()
    operator.post(address(Partner, "delete", Partner.objects.get().pk), {"post": "yes"})
    removed = last_entry()

    assert (added.action, added.program, added.before) == ("partner.added", program.code, {})
    assert added.after["name"] == "Bakery"
    assert (removed.action, removed.program, removed.after) == ("partner.removed", program.code, {})
    assert removed.before == added.after


def test_each_of_many_removed_at_once_is_told(operator):
    partner = PartnerFactory()
    stores = StoreFactory.create_batch(2, partner=partner)
    chosen = {"action": "delete_selected", "_selected_action": [store.pk for store in stores], "post": "yes"}

    operator.post(address(Store, "changelist"), chosen)

    assert not Store.objects.exists()
    assert [(entry.action, entry.program) for entry in AuditEntry.objects.all()] == [
        ("store.removed", partner.program.code)
    ] * 2


def test_status_of_a_coupon_is_told(operator):
    coupon = CouponFactory()

    operator.post(address(type(coupon), "changelist"), {"action": "pause", "_selected_action": [coupon.pk]})

    entry = last_entry()
    assert (entry.action, entry.subject, entry.program) == ("coupon.changed", coupon.name, coupon.program.code)
    assert (entry.before, entry.after) == ({"status": "ACTIVE"}, {"status": "PAUSED"})


@pytest.mark.parametrize(
    "row",
    [
        User(email="ada@example.org", password="hash-of-it"),
        ApiUser(org="club", user_name="till", password="hash-of-it", created_at=timezone.now()),
        LoyaltyPlatform(kind="remote", user_name="bot", password="hash-of-it"),
    ],
    ids=["person", "api user", "platform"],
)
def test_no_secret_is_among_the_visible_values(row):
    assert "hash-of-it" not in str(visible_values(row))
