"""All addresses of this package."""

from django.urls import include, path

urlpatterns = [
    path("v1/programs/<str:program>/", include("integrations.inbound.urls")),
    path("", include("integrations.cards.urls")),
]
