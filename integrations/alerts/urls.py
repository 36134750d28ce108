"""The alerts of a program, and the links in the mails to a further address."""

from django.urls import include, path

from integrations.alerts import confirm_views, views

PAGES = [
    path("programs/<str:code>/alerts", views.alerts, name="alerts"),
    path("programs/<str:code>/alerts/people", views.people, name="people"),
    path("programs/<str:code>/alerts/address", views.address, name="address"),
    path("programs/<str:code>/alerts/address/<int:receiver>/ask", views.ask, name="ask"),
    path("programs/<str:code>/alerts/address/<int:receiver>/remove", views.remove, name="remove"),
    path("programs/<str:code>/alerts/test", views.test, name="test"),
    path("alerts/confirm/<str:token>", confirm_views.confirm, name="confirm"),
    path("alerts/stop/<str:token>", confirm_views.stop, name="stop"),
]

urlpatterns = [path("", include((PAGES, "alerts")))]
