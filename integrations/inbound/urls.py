"""Addresses under /v1/programs/CODE/: the door for events, and those of every integration."""

from django.urls import include, path, re_path

from integrations.inbound.doors import UnknownDoor
from integrations.inbound.events import EventsDoor
from integrations.registry import all_specs

urlpatterns = [
    path("events", EventsDoor.as_view()),
    *[path("", include(spec.door_urls)) for spec in all_specs().values()],
    re_path(r"^.*$", UnknownDoor.as_view()),
]
