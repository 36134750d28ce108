"""Keys, snippets and the first call of one integration."""

from django.urls import include, path

from integrations.onboarding import key_views, snippet_views

PAGES = [
    path("keys", key_views.keys, name="keys"),
    path("keys/<str:prefix>/revoke", key_views.revoke, name="revoke"),
    path("keys/<str:prefix>/rotate", key_views.rotate, name="rotate"),
    path("snippets", snippet_views.snippets, name="snippets"),
]

urlpatterns = [path("programs/<str:code>/integrations/<slug:kind>/", include((PAGES, "onboarding")))]
