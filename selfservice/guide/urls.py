"""The guides, and the documents that they lead to."""

from django.urls import path

from selfservice.guide import views

app_name = "guide"
urlpatterns = [
    path("guide", views.document, name="guide"),
    path("guide/<path:name>", views.document, name="document"),
]
