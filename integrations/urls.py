"""All addresses of this package."""

from django.urls import include, path

from integrations.inbound.description import DOCUMENT
from selfservice.apidocs.documents import document_paths

urlpatterns = [
    path("", include("integrations.cards.urls")),
    path("v1/", include((document_paths(DOCUMENT), "doors_docs"))),
    path("v1/programs/<str:program>/", include("integrations.inbound.urls")),
]
