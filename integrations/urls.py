"""All addresses of this package."""

from django.urls import include, path, re_path

from integrations.inbound.description import DOCUMENT
from integrations.inbound.doors import UnknownDoor
from selfservice.apidocs.documents import document_paths

urlpatterns = [
    path("v1/programs/<str:program>/", include("integrations.inbound.urls")),
    path("v1/", include((document_paths(DOCUMENT), "doors_docs"))),
    path("v1/", include([re_path(r"^.*$", UnknownDoor.as_view())])),
    path("", include("integrations.cards.urls")),
    path("programs/<str:code>/integrations/<slug:kind>/", include("integrations.recovery.urls")),
    path("", include("integrations.matrix.urls")),
    path("", include("integrations.activity.urls")),
    path("", include("integrations.onboarding.urls")),
    path("", include("integrations.alerts.urls")),
    path("programs/<str:code>/integrations/<slug:kind>/", include("integrations.insight.urls")),
]
