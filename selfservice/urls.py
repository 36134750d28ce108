"""The root: composes the parts by name, so that composing makes no import."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from selfservice.accounts.views import choose_language, operator_sign_in

admin.site.site_header = admin.site.site_title = "Selfservice"
admin.site.site_url = "/programs"

urlpatterns = [
    # Addresses are tried one after the other, so what is called most stands first.
    path("", include("loyalty_api.urls")),
    path("", include("integrations.urls")),
    path("", include("selfservice.watch.urls")),
    path("", include("selfservice.accounts.urls")),
    path("", include("selfservice.people.urls")),
    path("", include("selfservice.trail.urls")),
    path("", include("selfservice.guide.urls")),
    path("", RedirectView.as_view(pattern_name="programs:list"), name="home"),
    path("language", choose_language, name="set_language"),
    path("operator", RedirectView.as_view(pattern_name="admin:index")),
    path("operator/login/", operator_sign_in),
    path("operator/", admin.site.urls),
]
