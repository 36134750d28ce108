"""Accounts, people, places and API users on the operators' pages."""

from typing import Any, TypeVar

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from loyalty_api.engine import search
from loyalty_api.engine.access_models import ApiUser
from loyalty_api.engine.admin_pages import ReadOnlyAdmin
from loyalty_api.engine.folding import folded_words
from loyalty_api.engine.identifier_models import Identifier
from loyalty_api.engine.member_models import Account, FraudCase, Membership, PushToken, User
from loyalty_api.engine.place_models import InteractionPoint, Partner, Store
from selfservice.accounts.audited_pages import AuditedPages
from selfservice.programs.models import Program

RowT = TypeVar("RowT", bound=Model)


def _searched(queryset: QuerySet[RowT], term: str, *, account: str) -> QuerySet[RowT]:
    """By the words that the interface's search keeps, which are indexed; `account` names the column of its id."""
    if not term.strip():
        return queryset
    words = list(dict.fromkeys(folded_words(term)))
    hits = search.find_accounts(list(Program.objects.all()), words) if words else []
    return queryset.filter(Q(id=term.strip()) | Q(**{f"{account}__in": [hit.id for hit in hits]}))


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ["id", "program", "status", "points", "locked_points", "status_points", "level", "created_at"]
    list_filter = ["status", "program"]
    list_select_related = ["program"]
    ordering = ["-id"]
    search_fields = ["id__exact"]
    search_help_text = _("An id, or the beginnings of a name, a city, a mail address, a code.")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Account], search_term: str
    ) -> tuple[QuerySet[Account], bool]:
        return _searched(queryset, search_term, account="id"), False


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ["id", "org", "email_address", "given_name", "family_name", "city", "created_at"]
    list_filter = ["org"]
    ordering = ["-id"]
    search_fields = ["id__exact"]
    search_help_text = _("An id, or the beginnings of a name, a city, a mail address of a user who has an account.")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        # A user may be a member of several accounts.
        return _searched(queryset, search_term, account="memberships__account_id"), True


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ["id", "account_id", "user_id", "role", "partner_id", "created_at"]
    list_filter = ["role"]
    ordering = ["-id"]
    search_fields = ["id__exact", "account__id__exact", "user__id__exact"]
    search_help_text = _("The id of a membership, an account or a user.")


@admin.register(Identifier)
class IdentifierAdmin(ReadOnlyAdmin):
    list_display = ["code", "type", "status", "account_id", "program", "created_at"]
    list_filter = ["type", "status", "program"]
    list_select_related = ["program"]
    ordering = ["-id"]
    search_fields = ["code__exact", "account__id__exact"]
    search_help_text = _("A whole code, or the id of an account.")


@admin.register(FraudCase)
class FraudCaseAdmin(ReadOnlyAdmin):
    list_display = ["account_id", "reason", "comment", "created_at"]
    search_fields = ["account__id__exact"]


@admin.register(PushToken)
class PushTokenAdmin(ReadOnlyAdmin):
    list_display = ["id", "user_id", "platform", "device_id", "created_at"]
    fields = ["id", "user", "platform", "device_id", "created_at"]
    search_fields = ["id__exact", "user__id__exact"]


@admin.register(Partner)
class PartnerAdmin(AuditedPages):
    list_display = ["name", "program", "id"]
    list_filter = ["program"]
    list_select_related = ["program"]
    search_fields = ["name", "id__exact"]
    autocomplete_fields = ["program"]


@admin.register(Store)
class StoreAdmin(AuditedPages):
    list_display = ["name", "partner", "city", "id"]
    list_select_related = ["partner"]
    search_fields = ["name", "city", "id__exact", "partner__name"]
    autocomplete_fields = ["partner"]

    def program_code(self, obj: Store) -> str:
        return obj.partner.program.code


@admin.register(InteractionPoint)
class InteractionPointAdmin(AuditedPages):
    list_display = ["code", "program", "partner", "store", "is_default"]
    list_filter = ["program"]
    list_select_related = ["program", "partner", "store"]
    search_fields = ["code", "partner__name", "store__name"]
    autocomplete_fields = ["program", "partner", "store"]


@admin.register(ApiUser)
class ApiUserAdmin(AuditedPages):
    """New ones come from `manage.py create_api_user`, which prints the password once."""

    list_display = ["user_name", "org", "is_active", "created_at"]
    list_filter = ["is_active"]
    search_fields = ["user_name", "org"]
    fields = ["org", "user_name", "is_active", "created_at"]
    readonly_fields = ["org", "user_name", "created_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
