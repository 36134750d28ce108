"""Acts in a role, and reads what the audit trail says was done."""

from selfservice.audit.models import AuditEntry
from tests.factories.people import person, sign_in


def as_role(client, program, role):
    return sign_in(client, person(program=program, role=role))


def actions():
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
