"""People on the operators' pages."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from selfservice.accounts.audited_pages import AuditedPages
from selfservice.accounts.models import SecondFactor, User

# Roles stand in programs; Django's own groups mean nothing here.
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(AuditedPages):
    """New people come from `manage.py create_user`, which prints the link that lets them in."""

    list_display = ["email", "name", "is_active", "is_operator", "last_login"]
    list_filter = ["is_active", "is_operator"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    fields = ["email", "name", "is_active", "is_operator", "joined_at", "last_login"]
    readonly_fields = ["email", "joined_at", "last_login"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        # Switching off keeps the name in the audit trail meaningful.
        return False


@admin.register(SecondFactor)
class SecondFactorAdmin(AuditedPages):
    """To remove: so somebody comes in with the password alone who has lost both app and recovery codes."""

    list_display = ["user", "confirmed_at", "locked_until"]
    list_select_related = ["user"]
    search_fields = ["user__email"]
    fields = ["user", "confirmed_at", "failures", "locked_until"]
    readonly_fields = ["user", "confirmed_at", "failures", "locked_until"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SecondFactor | None = None) -> bool:
        return False
