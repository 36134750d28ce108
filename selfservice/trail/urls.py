"""The audit trail of a program, and of the whole installation."""

from django.urls import include, path

from selfservice.trail import views

PAGES = [
    path("programs/<str:code>/audit", views.of_program, name="program"),
    path("programs/<str:code>/audit.csv", views.program_export, name="program_export"),
    path("audit", views.whole, name="whole"),
    path("audit.csv", views.whole_export, name="whole_export"),
]

urlpatterns = [path("", include((PAGES, "trail")))]
