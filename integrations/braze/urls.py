"""Addresses under /v1/programs/CODE/."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from integrations.braze import api


class Rendered(StringConverter):
    """An id that a template has rendered, whatever came of it: nothing at all, or something with a slash. Such a one is
    nobody's, which the door says once it has seen the key."""

    regex = r"[\s\S]*"


register_converter(Rendered, "rendered")

# Addresses are tried one after the other, so what is called most stands first.
urlpatterns = [
    path("members/<rendered:account_id>/profile", api.ProfileDoor.as_view()),
    path("members/<rendered:account_id>/coupons", api.CouponsDoor.as_view()),
    path("members/<rendered:account_id>/ledger", api.LedgerDoor.as_view()),
    path("members/<rendered:account_id>/bookings", api.BookingDoor.as_view()),
    path("campaigns/<rendered:coupon_id>/assign", api.AssignDoor.as_view()),
    path("campaigns/<rendered:coupon_id>/assign/batch", api.BatchDoor.as_view()),
    path("campaigns/batches/<uuid:batch_id>", api.BatchStatusDoor.as_view()),
    path("subscriptions/email", api.SubscriptionDoor.as_view()),
]
