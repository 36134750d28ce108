from django.urls import path

from selfservice.accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in", views.SignInView.as_view(), name="sign_in"),
    path("sign-in/link/<str:token>", views.sign_in_by_link, name="link"),
    path("sign-out", views.SignOutView.as_view(), name="sign_out"),
]
