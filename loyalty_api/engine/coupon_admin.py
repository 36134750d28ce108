"""Coupons on the operators' pages."""

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from loyalty_api.engine.admin_pages import ReadOnlyAdmin
from loyalty_api.engine.coupon_definitions import set_coupon_status
from loyalty_api.engine.coupon_models import AccountCoupon, Coupon, CouponRedemption, CouponStatus, PromoCode

if TYPE_CHECKING:
    from django.db.models import QuerySet


@admin.register(Coupon)
class CouponAdmin(ReadOnlyAdmin):
    """To look at, to switch on and to switch off; the rest of a definition comes from the program's manager."""

    list_display = ["name", "program", "status", "usage_type", "value", "assignation_type", "redeem_count_global"]
    list_filter = ["status", "usage_type", "assignation_type", "program"]
    list_select_related = ["program"]
    search_fields = ["name", "id__exact", "external_reference", "external_code"]
    actions = ["activate", "pause", "end"]

    @admin.action(description=_("Activate the selected coupons"))
    def activate(self, request: HttpRequest, queryset: "QuerySet[Coupon]") -> None:
        self._set_status(request, queryset, CouponStatus.ACTIVE)

    @admin.action(description=_("Pause the selected coupons"))
    def pause(self, request: HttpRequest, queryset: "QuerySet[Coupon]") -> None:
        self._set_status(request, queryset, CouponStatus.PAUSED)

    @admin.action(description=_("End the selected coupons"))
    def end(self, request: HttpRequest, queryset: "QuerySet[Coupon]") -> None:
        self._set_status(request, queryset, CouponStatus.ENDED)

    def _set_status(self, request: HttpRequest, queryset: "QuerySet[Coupon]", status: CouponStatus) -> None:
        rows = list(queryset.select_related("program"))
        for row in rows:
            with transaction.atomic():
                set_coupon_status(program=row.program, coupon_id=row.id, status=status)
                self.audit(request, row, "changed", before={"status": row.status}, after={"status": status})
                self.log_change(request, row, f"status: {status}")
        text = ngettext("%(count)d coupon is now %(status)s.", "%(count)d coupons are now %(status)s.", len(rows))
        self.message_user(request, text % {"count": len(rows), "status": status}, messages.SUCCESS)


@admin.register(PromoCode)
class PromoCodeAdmin(ReadOnlyAdmin):
    list_display = ["code", "coupon", "program", "redeem_count"]
    list_filter = ["program"]
    list_select_related = ["coupon", "program"]
    search_fields = ["code", "coupon__id__exact"]


@admin.register(AccountCoupon)
class AccountCouponAdmin(ReadOnlyAdmin):
    list_display = ["account_id", "coupon", "assignments", "redeem_count", "is_activated", "assigned_at"]
    list_select_related = ["coupon"]
    ordering = ["-id"]
    search_fields = ["account__id__exact", "coupon__id__exact"]
    search_help_text = _("The id of an account or of a coupon.")


@admin.register(CouponRedemption)
class CouponRedemptionAdmin(ReadOnlyAdmin):
    list_display = ["id", "account_id", "coupon", "usage_type", "value", "promo_code", "interaction_id", "redeemed_at"]
    list_filter = ["usage_type", "program"]
    list_select_related = ["coupon"]
    search_fields = ["id__exact", "account__id__exact", "coupon__id__exact", "transaction_id__exact"]
    search_help_text = _("The id of a redemption, an account, a coupon or a receipt.")
