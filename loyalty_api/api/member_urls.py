"""The paths of signing in, programs, people and accounts."""

from django.urls import path

from loyalty_api.api import account_views, identifier_views, membership_views, user_views, views

ACCOUNT = "accounts/<str:account_id>"
IDENTIFIER = f"{ACCOUNT}/identifiers/<str:identifier_id>"
MEMBERSHIP = f"{ACCOUNT}/memberships/<str:membership_id>"
USER = "users/<str:user_id>"
PROGRAM = "programs/<str:code>"

member_paths = [
    path("auth/login", views.LoginView.as_view(), name="login"),
    path("auth/logout", views.LogoutView.as_view(), name="logout"),
    path("search", identifier_views.SearchView.as_view(), name="search"),
    path("programs", views.ProgramsView.as_view(), name="programs"),
    path(PROGRAM, views.ProgramView.as_view(), name="program"),
    path(f"{PROGRAM}/partners", views.PartnersView.as_view(), name="partners"),
    path(f"{PROGRAM}/stores", views.StoresView.as_view(), name="stores"),
    path(f"{PROGRAM}/interactionpoints", views.InteractionPointsView.as_view(), name="interaction_points"),
    path("users", user_views.UsersView.as_view(), name="users"),
    path(USER, user_views.UserView.as_view(), name="user"),
    path(f"{USER}/logins", user_views.UserLoginsView.as_view(), name="user_logins"),
    path(f"{USER}/logouts", user_views.UserLogoutsView.as_view(), name="user_logouts"),
    path(f"{USER}/pushtokens", user_views.PushTokensView.as_view(), name="push_tokens"),
    path(f"{USER}/pushtokens/<str:token_id>", user_views.PushTokenView.as_view(), name="push_token"),
    path("accounts", account_views.AccountsView.as_view(), name="accounts"),
    path(ACCOUNT, account_views.AccountView.as_view(), name="account"),
    path("accountdetails/<str:code>", account_views.AccountDetailsView.as_view(), name="account_details_v1"),
    path(f"{ACCOUNT}/merge", account_views.MergeView.as_view(), name="merge"),
    path(f"{ACCOUNT}/fraud", account_views.FraudView.as_view(), name="fraud"),
    path(f"{ACCOUNT}/identifiers", identifier_views.IdentifiersView.as_view(), name="identifiers"),
    path(IDENTIFIER, identifier_views.IdentifierView.as_view(), name="identifier"),
    path(f"{IDENTIFIER}/lock", identifier_views.IdentifierLockView.as_view(), name="identifier_lock"),
    path(f"{IDENTIFIER}/unlock", identifier_views.IdentifierUnlockView.as_view(), name="identifier_unlock"),
    path(f"{ACCOUNT}/memberships", membership_views.MembershipsView.as_view(), name="memberships"),
    path(MEMBERSHIP, membership_views.MembershipView.as_view(), name="membership"),
    path(f"{MEMBERSHIP}/optins", membership_views.OptinsView.as_view(), name="optins"),
]
