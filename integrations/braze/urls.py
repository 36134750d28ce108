"""Addresses under /v1/programs/CODE/."""

from django.urls import path

from integrations.braze import api

urlpatterns = [
    path("campaigns/<str:coupon_id>/assign", api.AssignDoor.as_view()),
    path("campaigns/<str:coupon_id>/assign/batch", api.BatchDoor.as_view()),
    path("campaigns/batches/<uuid:batch_id>", api.BatchStatusDoor.as_view()),
    path("members/<str:account_id>/bookings", api.BookingDoor.as_view()),
    path("members/<str:account_id>/profile", api.ProfileDoor.as_view()),
    path("members/<str:account_id>/coupons", api.CouponsDoor.as_view()),
    path("members/<str:account_id>/ledger", api.LedgerDoor.as_view()),
    path("subscriptions/email", api.SubscriptionDoor.as_view()),
]
