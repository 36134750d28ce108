"""The pages about what is sent, and under which names."""

from django.urls import include, path

from integrations.matrix import views

MAPPING = [
    path("", views.matrix, name="matrix"),
    path("/effect", views.effect, name="effect"),
    path("/member", views.member, name="member"),
    path("/member/tell", views.tell, name="tell"),
    path("/events/<str:event_type>", views.sample, name="sample"),
]

urlpatterns = [path("programs/<str:code>/integrations/<slug:kind>/mapping", include((MAPPING, "matrix")))]
