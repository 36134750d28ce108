"""Keys, snippets and the first call of one integration."""

from django.urls import include, path

from integrations.onboarding import check_views, first_call_views, key_views, snippet_views

PAGES = [
    path("keys", key_views.keys, name="keys"),
    path("keys/<str:prefix>/revoke", key_views.revoke, name="revoke"),
    path("keys/<str:prefix>/rotate", key_views.rotate, name="rotate"),
    path("keys/<str:prefix>/overlap", key_views.overlap, name="overlap"),
    path("snippets", snippet_views.snippets, name="snippets"),
    path("first-call", first_call_views.first_call, name="first_call"),
    path("first-call/arrivals", first_call_views.arrivals, name="arrivals"),
    path("check", check_views.check, name="check"),
]

urlpatterns = [path("programs/<str:code>/integrations/<slug:kind>/", include((PAGES, "onboarding")))]
