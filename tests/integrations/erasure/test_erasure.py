"""A member is erased: nothing here says any more who they were, and the profile in Braze goes too where it shall."""

import threading
from datetime import timedelta

import pytest
from django.db import connection as database
from django.utils import timezone

from integrations.calls.models import ApiCall
from integrations.delivery.models import DeliveryOutcome, EventEdit, LastSent, StoredEvent, UserAccount
from integrations.erasure import profiles, second_looks
from integrations.erasure.models import ProfileErasure, SecondLook
from integrations.outbound.sessions import session
from loyalty_api.engine.members import create_membership, register_member
from loyalty_api.engine.models import Account, User
from selfservice.audit.models import AuditEntry
from tests.factories.connection import connect_braze
from tests.factories.engine import AccountFactory
from tests.factories.people import person, sign_in
from tests.integrations.delivery.sending import deliver, outcomes, tally

pytestmark = pytest.mark.django_db(transaction=True)
ADA = {
    "email_address": "ada@lovelace.example",
    "given_name": "Ada",
    "family_name": "Lovelace",
    "phone": "+491701234567",
}
GRACE = {"email_address": "grace@hopper.example", "given_name": "Grace", "family_name": "Hopper"}


@pytest.fixture
def admin(client, program):
    return sign_in(client, person(program=program, email="admin@example.org"))


def join(program, fields=ADA):
    return register_member(program=program, now=timezone.now(), **fields).account_id


def erase(admin, program, account_id, *systems):
    address = f"/programs/{program.code}/members/-/erase/{account_id}"
    return admin.post(address, {"account_id": account_id, "systems": ["", *systems]}, follow=True)


def work_off(ahead=timedelta(hours=1)):
    """As a worker that comes so much later."""
    rows = ProfileErasure.objects.filter(state="waiting")
    for row in rows:
        ProfileErasure.objects.filter(pk=row.pk).update(due_at=row.due_at - ahead)
    return profiles.work_off(session=session())


def look_again():
    """As a worker does once nothing is under way any more."""
    settle_call_log()
    SecondLook.objects.update(due_at=timezone.now())
    assert second_looks.work_off() == 1


def settle_call_log():
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join(timeout=10)


def everything_stored():
    """All rows of all tables, as text."""
    tables = [name for name in database.introspection.table_names() if not name.startswith(("auth_", "django_"))]
    with database.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            yield from (row for (row,) in cursor.fetchall())


def test_nothing_is_left_that_says_who_it_was(admin, program, connection, caller):
    account_id = join(program)
    other = join(program, GRACE)
    deliver(program)
    # Of this call the log is written a moment later.
    caller.get(f"members/{account_id}/profile")
    changed = {"eventId": "e-1", "type": "USER_CHANGED", "occurredAt": "2026-03-02T09:15:02Z", "accountId": account_id}
    caller.post("events", changed | {"data": {"user": {"emailAddress": ADA["email_address"]}}})
    before = tally(connection)
    booking = {"once": "a" * 24, "booking_type": "EARNBOOKING", "points": "5", "type_code": "GIFT"}
    admin.post(f"/programs/{program.code}/members/-/book/{account_id}", booking | {"reason": "Call with Lovelace"})

    page = erase(admin, program, account_id)

    assert "The member is erased." in page.text
    look_again()
    words = ("lovelace", "Lovelace", "Ada", "1701234567")
    assert [row for row in everything_stored() if any(word in row for word in words)] == []
    assert any("Hopper" in row for row in everything_stored())
    assert not Account.objects.filter(id=account_id).exists()
    assert Account.objects.filter(id=other).exists()
    deliver(program)
    assert outcomes(program)["e-1"] == ("filtered", "erased")
    assert tally(connection)[0] > before[0], "the end of the membership was told"
    assert DeliveryOutcome.objects.filter(account_id=account_id, type="MEMBERSHIP_TERMINATED").exists()


def test_profile_is_deleted_in_braze_and_not_brought_back(admin, program, connection, braze):
    account_id = join(program)
    deliver(program)
    assert braze.profile(account_id)["external_id"] == account_id

    page = erase(admin, program, account_id, "braze")

    assert "Profiles that are being deleted" in page.text
    deliver(program)
    assert profiles.work_off(session=session()) == 0, "whoever is sending at this moment comes first"
    assert work_off() == 1
    journal = braze.journal()
    assert (journal[-1]["path"], journal[-1]["status"]) == ("/users/delete", 201)
    assert not LastSent.objects.exists()
    assert not UserAccount.objects.filter(account_id=account_id).exists()
    assert not StoredEvent.objects.filter(type="MEMBERSHIP_TERMINATED").exists()
    actions = list(AuditEntry.objects.filter(subject=account_id).order_by("id").values_list("action", flat=True))
    assert actions == ["member.erased", "profile_erasure.done"]
    assert "Profiles that are being deleted" not in admin.get(f"/programs/{program.code}/members").text


def test_failure_is_tried_again_and_a_refusal_is_shown(admin, program, connection, braze):
    account_id = join(program)
    erase(admin, program, account_id, "braze")
    address = f"/programs/{program.code}/members"

    braze.fault(path="/users/delete", status=503, next=1)
    assert work_off() == 0
    row = ProfileErasure.objects.get()
    assert (row.state, row.attempts, row.error) == ("waiting", 1, "status_503")

    braze.fault(path="/users/delete", status=403, next=1)
    assert work_off() == 0
    page = admin.get(address).text
    assert "lacks the permission users.delete" in page

    assert "tried again" in admin.post(f"{address}/-/erasures/{row.pk}/again", follow=True).text
    assert work_off(timedelta(0)) == 1
    assert [call.status for call in ApiCall.objects.filter(endpoint="users/delete").order_by("pk")] == [503, 403, 201]


def test_who_is_a_member_elsewhere_stays_there(admin, program, braze, quick):
    connect_braze(program, apiKey=braze.key, apiEndpoint=braze.url, identifierValue="user_id")
    account_id = join(program)
    (user,) = User.objects.all()
    other = AccountFactory(program=program)
    create_membership(program=program, account_id=other.id, user_id=user.id, now=timezone.now())

    erase(admin, program, account_id, "braze")

    assert User.objects.get().email_address == ADA["email_address"]
    assert not ProfileErasure.objects.exists(), "the profile is that of the other account too"


def test_wrong_account_id_erases_nobody(admin, program, connection):
    account_id = join(program)
    address = f"/programs/{program.code}/members/-/erase/{account_id}"

    for given, words in ((account_id.upper(), "This is not the ID"), ("", "Write the account ID to confirm.")):
        answer = admin.post(address, {"account_id": given})
        assert (answer.status_code, words in answer.text) == (422, True)

    assert User.objects.count() == 1
    assert not EventEdit.objects.exists()
