"""The pages of levels and points rules."""

from django.urls import include, path

from loyalty_api.pages.levels import views

LEVELS = [
    path("", views.levels, name="levels"),
    path("/new", views.new_level, name="new"),
    path("/rules", views.rules, name="rules"),
    path("/<slug:level>/edit", views.level, name="level"),
    path("/<slug:level>/remove", views.remove, name="remove"),
]

urlpatterns = [path("programs/<str:code>/levels", include((LEVELS, "levels")))]
