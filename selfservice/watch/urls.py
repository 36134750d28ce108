"""Addresses for monitoring."""

from django.urls import path

from selfservice.watch import views

urlpatterns = [
    path("health/live", views.live),
    path("health/ready", views.ready),
    path("metrics", views.prometheus),
]
