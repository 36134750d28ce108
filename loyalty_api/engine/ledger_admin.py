"""Ledgers, receipts, levels and rules on the operators' pages."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty_api.engine.admin_pages import ReadOnlyAdmin
from loyalty_api.engine.ledger_models import Booking, Level, LevelBooking, PointsExpiry, PointsLock, Transaction
from loyalty_api.engine.rule_models import ProgramRules
from loyalty_api.engine.rules import save_rules
from selfservice.accounts.audited_pages import AuditedPages


@admin.register(Booking)
class BookingAdmin(ReadOnlyAdmin):
    list_display = ["id", "program", "account_id", "booking_type", "type_code", "points", "reason", "booked_at"]
    list_filter = ["booking_type", "program"]
    list_select_related = ["program"]
    search_fields = ["id__exact", "account__id__exact"]
    search_help_text = _("The id of a booking or of an account.")


@admin.register(LevelBooking)
class LevelBookingAdmin(ReadOnlyAdmin):
    list_display = ["id", "account_id", "points", "reason", "reference_id", "booked_at"]
    search_fields = ["id__exact", "account__id__exact"]
    search_help_text = _("The id of a booking or of an account.")


@admin.register(Transaction)
class TransactionAdmin(ReadOnlyAdmin):
    list_display = [
        "id",
        "program",
        "account_id",
        "transaction_type",
        "status",
        "amount",
        "currency",
        "points",
        "external_id",
        "transaction_time",
    ]
    list_filter = ["transaction_type", "status", "program"]
    list_select_related = ["program"]
    search_fields = ["id__exact", "account__id__exact", "external_id__exact"]
    search_help_text = _("The id of a receipt or of an account, or the number on the receipt.")


@admin.register(PointsLock)
class PointsLockAdmin(ReadOnlyAdmin):
    list_display = ["booking_id", "account_id", "points", "unlock_at"]
    search_fields = ["booking__id__exact", "account__id__exact"]
    search_help_text = _("The id of a booking or of an account.")


@admin.register(PointsExpiry)
class PointsExpiryAdmin(ReadOnlyAdmin):
    list_display = ["account_id", "points", "due_date", "expires_at", "warned_at", "settled_at"]
    search_fields = ["account__id__exact"]
    search_help_text = _("The id of an account.")


@admin.register(Level)
class LevelAdmin(AuditedPages):
    """Only the factor is changed here: `manage.py create_program` checks the thresholds against each other."""

    readonly_fields = ["program", "slug", "name", "needed_status_points"]
    list_display = ["name", "slug", "program", "needed_status_points", "factor"]
    list_filter = ["program"]
    list_select_related = ["program"]
    search_fields = ["name", "slug", "program__code"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Level | None = None) -> bool:
        return False


@admin.register(ProgramRules)
class ProgramRulesAdmin(AuditedPages):
    list_display = ["program", "points_per_unit", "status_points_per_unit", "lock_days", "expiry_kind"]
    list_filter = ["expiry_kind"]
    list_select_related = ["program"]
    search_fields = ["program__code", "program__name"]
    autocomplete_fields = ["program"]

    def write_row(self, request: HttpRequest, obj: ProgramRules, form: Any, change: bool) -> None:
        save_rules(rules=obj, now=timezone.now())

    def has_delete_permission(self, request: HttpRequest, obj: ProgramRules | None = None) -> bool:
        """To go back to the defaults the fields are set to them, so that what follows from it happens."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: ProgramRules | None = None) -> list[str]:
        return ["program"] if obj else []
