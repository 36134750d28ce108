from django.urls import path

from selfservice.accounts import factor_views, profile_views, views

app_name = "accounts"
urlpatterns = [
    path("sign-in", views.SignInView.as_view(), name="sign_in"),
    path("sign-in/code", views.enter_code, name="code"),
    path("sign-in/forgotten", views.forgotten, name="forgotten"),
    path("sign-in/link/<str:token>", views.sign_in_by_link, name="link"),
    path("sign-out", views.SignOutView.as_view(), name="sign_out"),
    path("profile", profile_views.profile, name="profile"),
    path("profile/theme", profile_views.theme, name="theme"),
    path("profile/password", profile_views.password, name="password"),
    path("profile/sessions", profile_views.sessions, name="sessions"),
    path("profile/sessions/end", profile_views.end_session, name="end_session"),
    path("profile/second-factor", factor_views.second_factor, name="second_factor"),
    path("profile/second-factor/app", factor_views.confirm_factor, name="confirm_factor"),
    path("profile/second-factor/codes", factor_views.renew_codes, name="renew_codes"),
    path("profile/second-factor/off", factor_views.switch_off, name="switch_off"),
]
