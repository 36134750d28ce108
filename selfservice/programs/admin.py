"""Programs and roles on the operators' pages."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from selfservice.accounts.actors import actor_of
from selfservice.programs.models import Membership, Program, Role
from selfservice.programs.roles import grant_role, withdraw_role

if TYPE_CHECKING:
    # Generic in the stubs only.
    ProgramPages = admin.ModelAdmin[Program]
    MembershipPages = admin.ModelAdmin[Membership]
else:
    ProgramPages = MembershipPages = admin.ModelAdmin


@admin.register(Program)
class ProgramAdmin(ProgramPages):
    """To look at: programs are made and changed by `manage.py create_program`, which checks more."""

    list_display = ["name", "code", "org", "currency", "timezone"]
    search_fields = ["name", "code", "org"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Program | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Program | None = None) -> bool:
        return False


@admin.register(Membership)
class MembershipAdmin(MembershipPages):
    list_display = ["user", "program", "role"]
    list_filter = ["role", "program"]
    list_select_related = ["user", "program"]
    search_fields = ["user__email", "program__code"]
    autocomplete_fields = ["user", "program"]

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        saved = grant_role(program=obj.program, user=obj.user, role=Role(obj.role), actor=actor_of(request))
        obj.pk = saved.pk

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        withdraw_role(membership=obj, actor=actor_of(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> list[str]:
        # Whose role, and where, is what the line is; only which role can change.
        return ["user", "program"] if obj else []

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        # Removing many at once would go past the audit trail.
        return {}
