"""The programs' list, and the pages of one program's integrations."""

from django.urls import include, path

from integrations.cards import views

PROGRAMS = [path("programs", views.program_list, name="list")]

CARDS = [
    path("", views.program_page, name="program"),
    path("/integrations/<slug:kind>", views.card, name="card"),
    path("/integrations/<slug:kind>/connection", views.connection, name="connection"),
    path("/integrations/<slug:kind>/test", views.test, name="test"),
]

urlpatterns = [
    path("", include((PROGRAMS, "programs"))),
    path("programs/<str:code>", include((CARDS, "cards"))),
]
