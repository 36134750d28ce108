"""The log of one integration, and what is reached from it."""

from django.urls import include, path

from integrations.activity import views

ACTIVITY = [
    path("/activity", views.log, name="log"),
    path("/activity/live", views.live, name="live"),
    path("/activity/export", views.export, name="export"),
    path("/activity/search", views.story, name="story"),
    path("/activity/calls/<int:day>/<int:pk>", views.call, name="call"),
    path("/activity/calls/<int:day>/<int:pk>/reveal", views.reveal, name="reveal"),
    # An id may hold a slash.
    path("/members/<path:account_id>", views.member, name="member"),
]

urlpatterns = [path("programs/<str:code>/integrations/<slug:kind>", include((ACTIVITY, "activity")))]
