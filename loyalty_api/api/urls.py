"""The paths of the platform API. Bookings and receipts answer under both spellings, with and without /v2."""

from django.urls import path

from loyalty_api.api import account_coupon_views as pairs
from loyalty_api.api import coupon_views
from loyalty_api.api import ledger_views as ledger
from loyalty_api.api import transaction_views as receipts
from loyalty_api.api.account_views import AccountDetailsView
from loyalty_api.api.member_urls import member_paths

app_name = "loyalty"

ACCOUNT = "accounts/<str:account_id>"
PAIR = "accountcoupons/<str:account_coupon_id>"

# The paths are tried one after the other, so what a till asks for most stands first.
urlpatterns = [
    path(f"v2/{ACCOUNT}/bookings", ledger.BookingsView.as_view(), name="bookings_v2"),
    path("v3/accountdetails/<str:code>", AccountDetailsView.as_view(), name="account_details"),
    *member_paths,
    path(f"{ACCOUNT}/balance", ledger.BalanceView.as_view(), name="balance"),
    path(f"{ACCOUNT}/balance/<str:currency>", ledger.MoneyBalanceView.as_view(), name="money_balance"),
    path(f"{ACCOUNT}/ratinglevel", ledger.RatingLevelView.as_view(), name="rating_level"),
    path(f"{ACCOUNT}/level", ledger.LevelView.as_view(), name="level"),
    path(f"{ACCOUNT}/bookings", ledger.BookingsView.as_view(), name="bookings"),
    path(f"{ACCOUNT}/bookings/<str:booking_id>", ledger.BookingView.as_view(), name="booking"),
    path(f"{ACCOUNT}/levelbookings", ledger.LevelBookingsView.as_view(), name="level_bookings"),
    path(f"v2/{ACCOUNT}/levelbookings", ledger.LevelBookingsView.as_view(), name="level_bookings_v2"),
    path("transactions", receipts.AnonymousTransactionsView.as_view(), name="anonymous_transactions"),
    path("transactions/<str:transaction_id>", receipts.TransactionView.as_view(), name="transaction"),
    path(f"{ACCOUNT}/transactions", receipts.TransactionsView.as_view(), name="transactions"),
    path(f"v2/{ACCOUNT}/transactions", receipts.TransactionsView.as_view(), name="transactions_v2"),
    path(f"{ACCOUNT}/transactions/preview", receipts.TransactionPreviewView.as_view(), name="transaction_preview"),
    path(
        f"v2/{ACCOUNT}/transactions/preview", receipts.TransactionPreviewView.as_view(), name="transaction_preview_v2"
    ),
    path(f"{ACCOUNT}/transactions/<str:transaction_id>", receipts.IncentivationView.as_view(), name="incentivation"),
    path(
        f"v2/{ACCOUNT}/transactions/<str:transaction_id>",
        receipts.IncentivationView.as_view(),
        name="incentivation_v2",
    ),
    path("coupons", coupon_views.CouponsView.as_view(), name="coupons"),
    path("coupons/<str:coupon_id>", coupon_views.CouponView.as_view(), name="coupon"),
    path("coupons/<str:coupon_id>/status", coupon_views.CouponStatusView.as_view(), name="coupon_status"),
    path(
        "coupons/externalreference/<path:reference>",
        coupon_views.ExternalReferenceView.as_view(),
        name="external_reference",
    ),
    path(f"{ACCOUNT}/couponredemptions", pairs.CouponRedemptionsView.as_view(), name="coupon_redemptions"),
    path(f"{ACCOUNT}/accountcoupons", pairs.AccountCouponsView.as_view(), name="account_coupons_v1"),
    path(f"v2/{ACCOUNT}/accountcoupons", pairs.AccountCouponsView.as_view(), name="account_coupons"),
    path(PAIR, pairs.AccountCouponView.as_view(), name="account_coupon_v1"),
    path(f"v2/{PAIR}", pairs.AccountCouponView.as_view(), name="account_coupon"),
    path(f"{PAIR}/code", pairs.AccountCouponCodeView.as_view(), name="account_coupon_code_v1"),
    path(f"v2/{PAIR}/code", pairs.AccountCouponCodeView.as_view(), name="account_coupon_code"),
    path(f"{PAIR}/activation", pairs.AccountCouponActivationView.as_view(), name="activation_v1"),
    path(f"v2/{PAIR}/activation", pairs.AccountCouponActivationView.as_view(), name="activation"),
    path(f"v3/{PAIR}", pairs.RedemptionView.as_view(), name="redemption"),
    path(f"v3/{PAIR}/preview", pairs.RedemptionPreviewView.as_view(), name="redemption_preview"),
]
