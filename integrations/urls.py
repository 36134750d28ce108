"""All addresses of this package."""

from django.urls import include, path

from integrations.inbound.description import DOCUMENT
from selfservice.apidocs.documents import document_paths

urlpatterns = [
    path("v1/", include((document_paths(DOCUMENT), "doors_docs"))),
    path("v1/programs/<str:program>/", include("integrations.inbound.urls")),
    path("", include("integrations.cards.urls")),
]
