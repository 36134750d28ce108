"""The programs' list, and the pages of one program's integrations."""

from django.urls import include, path

from integrations.cards import connection_views, key_views, views

PROGRAMS = [path("programs", views.program_list, name="list")]

CARDS = [
    path("", views.program_page, name="program"),
    path("/integrations/<slug:kind>", views.card, name="card"),
    path("/integrations/<slug:kind>/connection", views.connection, name="connection"),
    path("/integrations/<slug:kind>/connection/history", connection_views.history, name="history"),
    path("/integrations/<slug:kind>/connection/history/<int:entry>", connection_views.restore, name="restore"),
    path("/integrations/<slug:kind>/pause", connection_views.pause, name="pause"),
    path("/integrations/<slug:kind>/resume", connection_views.resume, name="resume"),
    path("/integrations/<slug:kind>/test", views.test, name="test"),
    path("/integrations/<slug:kind>/test/member", connection_views.ask_member, name="ask_member"),
    path("/integrations/<slug:kind>/snippets", views.snippets, name="snippets"),
    path("/integrations/<slug:kind>/keys", key_views.keys, name="keys"),
    path("/integrations/<slug:kind>/keys/<str:prefix>/revoke", key_views.revoke, name="revoke"),
    path("/integrations/<slug:kind>/keys/<str:prefix>/rotate", key_views.rotate, name="rotate"),
]

urlpatterns = [
    path("", include((PROGRAMS, "programs"))),
    path("programs/<str:code>", include((CARDS, "cards"))),
]
