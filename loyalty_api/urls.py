"""What the loyalty platform answers under /loyalty."""

from django.urls import include, path, re_path

from loyalty_api.api.unknown import unknown_path

urlpatterns = [path("", include("loyalty_api.api.urls")), re_path("", unknown_path)]
