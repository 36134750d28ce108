"""What the loyalty platform answers under /loyalty."""

from django.urls import include, path

urlpatterns = [path("", include("loyalty_api.api.urls"))]
