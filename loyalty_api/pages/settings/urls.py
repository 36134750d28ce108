"""The pages of a program's settings."""

from django.urls import include, path

from loyalty_api.pages.settings import api_user_views, place_views, platform_views, property_views, views

SETTINGS = [
    path("", views.basics, name="basics"),
    path("/places", place_views.places, name="places"),
    path("/places/<slug:what>", place_views.new_place, name="new_place"),
    path("/places/<slug:what>/<path:key>", place_views.place, name="place"),
    path("/properties", property_views.properties, name="properties"),
    path("/api-users", api_user_views.api_users, name="api_users"),
    path("/api-users/<int:api_user>/password", api_user_views.password, name="api_user_password"),
    path("/api-users/<int:api_user>/remove", api_user_views.remove, name="api_user_remove"),
    path("/platform", platform_views.platform, name="platform"),
    path("/platform/switch", platform_views.switch, name="platform_switch"),
    path("/platform/test", platform_views.test, name="platform_test"),
]

urlpatterns = [
    path("new-program", views.new_program, name="new_program"),
    path("programs/<str:code>/settings", include((SETTINGS, "settings"))),
]
