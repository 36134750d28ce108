"""What the loyalty platform answers under /loyalty, and the pages about programs."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from loyalty_api.api.description import DOCUMENT
from loyalty_api.api.unknown import unknown_path
from selfservice.apidocs.documents import document_paths

below: list[URLPattern | URLResolver] = [
    path("", include("loyalty_api.api.urls")),
    path("", include((document_paths(DOCUMENT), "loyalty_docs"))),
    re_path("", unknown_path),
]

urlpatterns = [
    path("loyalty", unknown_path),
    path("loyalty/", include(below)),
    path("", include("loyalty_api.pages.members.urls")),
    path("", include("loyalty_api.pages.coupons.urls")),
    path("", include("loyalty_api.pages.settings.urls")),
    path("", include("loyalty_api.pages.levels.urls")),
    path("", include("loyalty_api.pages.reports.urls")),
]
