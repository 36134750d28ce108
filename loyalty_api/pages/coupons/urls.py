"""A program's coupons, and the images that messages show."""

from django.urls import include, path

from loyalty_api.pages.coupons import coupon_views, editor_views, held_views, image_views, list_views

PAGES = [
    path("coupons", list_views.coupons, name="list"),
    path("coupons/new", editor_views.new, name="new"),
    path("coupons/held/<str:account_coupon_id>", held_views.held, name="held"),
    path("coupons/<str:coupon_id>", coupon_views.coupon, name="coupon"),
    path("coupons/<str:coupon_id>/edit", editor_views.edit, name="edit"),
    path("coupons/<str:coupon_id>/status", coupon_views.status, name="status"),
    path("coupons/<str:coupon_id>/images", image_views.images, name="images"),
    path("coupons/<str:coupon_id>/holders", coupon_views.holders, name="holders"),
]

urlpatterns = [
    path("images/<str:name>", image_views.image, name="coupon_image"),
    path("programs/<str:code>/", include((PAGES, "coupons"))),
]
