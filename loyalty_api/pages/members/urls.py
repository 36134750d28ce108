"""The members' pages. What is done to a member stands behind a hyphen: an id may hold a slash."""

from django.urls import include, path

from loyalty_api.pages.members import action_views, erasing_views, property_views, views

MEMBERS = [
    path("", views.members, name="list"),
    path("/-/reveal/<path:account>", views.reveal, name="reveal"),
    path("/-/book/<path:account>", action_views.book, name="book"),
    path("/-/assign/<path:account>", action_views.assign, name="assign"),
    path("/-/optin/<path:account>", action_views.optin, name="optin"),
    path("/-/identifier/<path:account>", action_views.identifier, name="identifier"),
    path("/-/properties/<path:account>", property_views.properties, name="properties"),
    path("/-/lock/<path:account>", action_views.lock, name="lock"),
    path("/-/unlock/<path:account>", action_views.unlock, name="unlock"),
    path("/-/export/<path:account>", erasing_views.export, name="export"),
    path("/-/erase/<path:account>", erasing_views.erase, name="erase"),
    path("/-/erasures/<int:erasure>/again", erasing_views.again, name="erase_again"),
    path("/<path:account>", views.member, name="member"),
]

urlpatterns = [path("programs/<str:code>/members", include((MEMBERS, "members")))]
