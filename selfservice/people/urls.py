"""The people of a program, and the link in an invitation."""

from django.urls import include, path

from selfservice.people import join_views, views

PAGES = [
    path("programs/<str:code>/people", views.people, name="people"),
    path("programs/<str:code>/people/<int:membership>/role", views.role, name="role"),
    path("programs/<str:code>/people/<int:membership>/withdraw", views.withdraw_role, name="withdraw"),
    path("programs/<str:code>/invitations/<int:invitation>/send", views.send_again, name="send_again"),
    path("programs/<str:code>/invitations/<int:invitation>/revoke", views.revoke_invitation, name="revoke"),
    path("sign-in/invitation/<str:token>", join_views.join, name="join"),
]

urlpatterns = [path("", include((PAGES, "people")))]
