"""The root: composes the parts by name, so that composing makes no import."""

from django.urls import include, path

urlpatterns = [
    path("", include("integrations.urls")),
]
