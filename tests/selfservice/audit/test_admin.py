"""The trail on the operators' pages: to read, and nothing else."""

import pytest
from django.urls import reverse

from selfservice.audit.models import AuditEntry
from selfservice.audit.services import COMMAND_LINE, record
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    return record(actor=COMMAND_LINE, action="a.b", subject="s", before={"x": 1}, after={"x": 2})


@pytest.mark.parametrize("page", ["change", "delete"])
def test_s41_line_cannot_be_changed_on_the_operators_pages(client, entry, page):
    sign_in(client, person(is_operator=True))
    address = reverse(f"admin:audit_auditentry_{page}", args=[entry.pk])

    answer = client.post(address, {"actor": "somebody else", "action": "c.d", "subject": "t", "post": "yes"})

    assert answer.status_code == 403
    entry.refresh_from_db()
    assert (entry.actor, entry.action) == ("command line", "a.b")


def test_s41_lines_cannot_be_added_nor_removed_together(client, entry):
    sign_in(client, person(is_operator=True))

    added = client.post(reverse("admin:audit_auditentry_add"), {"actor": "x", "action": "y", "subject": "z"})
    fields = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
    client.post(reverse("admin:audit_auditentry_changelist"), fields)

    assert added.status_code == 403
    assert list(AuditEntry.objects.filter(action="a.b")) == [entry]
