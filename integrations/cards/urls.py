"""The programs' list, and the pages of one program's integrations."""

from django.urls import include, path

from integrations.cards import connection_views, programs_views, views

PROGRAMS = [path("programs", programs_views.program_list, name="list")]

CARDS = [
    path("", views.program_page, name="program"),
    path("/first-steps", programs_views.first_steps, name="first_steps"),
    path("/integrations/<slug:kind>", views.card, name="card"),
    path("/integrations/<slug:kind>/connection", views.connection, name="connection"),
    path("/integrations/<slug:kind>/connection/history", connection_views.history, name="history"),
    path("/integrations/<slug:kind>/connection/history/<int:entry>", connection_views.restore, name="restore"),
    path("/integrations/<slug:kind>/pause", connection_views.pause, name="pause"),
    path("/integrations/<slug:kind>/resume", connection_views.resume, name="resume"),
    path("/integrations/<slug:kind>/test", views.test, name="test"),
    path("/integrations/<slug:kind>/test/member", connection_views.ask_member, name="ask_member"),
]

urlpatterns = [
    path("", include((PROGRAMS, "programs"))),
    path("programs/<str:code>", include((CARDS, "cards"))),
]
