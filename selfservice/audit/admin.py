"""The audit trail on the operators' pages, to read."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.http import HttpRequest

from selfservice.audit.models import AuditEntry

if TYPE_CHECKING:
    # Generic in the stubs only.
    AuditEntryPages = admin.ModelAdmin[AuditEntry]
else:
    AuditEntryPages = admin.ModelAdmin


@admin.register(AuditEntry)
class AuditEntryAdmin(AuditEntryPages):
    list_display = ["at", "actor", "action", "subject", "program", "address"]
    list_filter = ["action"]
    search_fields = ["actor", "subject", "program"]
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False
