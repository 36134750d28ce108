import pytest
from django.db import DatabaseError, connection, transaction

from selfservice.audit.models import AuditEntry, AuditReason
from selfservice.audit.services import COMMAND_LINE, Actor, forget_reasons, record

pytestmark = pytest.mark.django_db


def test_record_keeps_who_what_and_both_sides():
    actor = Actor("ada@example.org", "2001:db8::1")

    entry = record(actor=actor, action="a.b", subject="s", program="club", before={"x": 1}, after={"x": 2})

    entry.refresh_from_db()
    assert (entry.actor, entry.address, entry.program) == ("ada@example.org", "2001:db8::1", "club")
    assert (entry.action, entry.subject, entry.before, entry.after) == ("a.b", "s", {"x": 1}, {"x": 2})


def test_record_of_the_command_line_has_no_address():
    assert record(actor=COMMAND_LINE, action="a", subject="s").address is None


def test_record_falls_with_the_change_that_it_tells_of():
    with transaction.atomic():
        record(actor=COMMAND_LINE, action="a", subject="s")
        transaction.set_rollback(True)

    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    "change", [lambda rows: rows.update(actor="somebody else"), lambda rows: rows.delete()], ids=["update", "delete"]
)
def test_written_line_can_neither_be_changed_nor_removed(change):
    record(actor=COMMAND_LINE, action="a", subject="s")

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change(AuditEntry.objects.all())

    assert AuditEntry.objects.get().actor == "command line"


def test_trail_cannot_be_emptied_at_once():
    record(actor=COMMAND_LINE, action="a", subject="s")

    with connection.cursor() as cursor:
        # Off for the tests alone, which empty all tables after one that commits.
        cursor.execute("ALTER TABLE audit_auditentry ENABLE TRIGGER audit_not_emptied")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute("TRUNCATE audit_auditentry CASCADE")

    assert AuditEntry.objects.count() == 1


def test_reason_is_told_until_it_is_forgotten_and_the_line_stays():
    kept = record(actor=COMMAND_LINE, action="a", subject="a-2", program="club", reason="Call with Grace")
    entry = record(
        actor=COMMAND_LINE, action="a", subject="a-1", program="club", after={"x": 1}, reason="Call with Ada"
    )

    assert entry.told == {"x": 1, "reason": "Call with Ada"}
    assert "Ada" not in str(entry.after)
    forget_reasons(program="club", subject="a-1")

    assert AuditEntry.objects.get(pk=entry.pk).told == {"x": 1, "reason": True}
    assert AuditEntry.objects.get(pk=kept.pk).told == {"reason": "Call with Grace"}


def test_reason_is_not_rewritten():
    record(actor=COMMAND_LINE, action="a", subject="s", reason="Call with Ada")

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditReason.objects.update(text="Something else")
