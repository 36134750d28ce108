"""Notes when somebody signs in."""

from django.apps import AppConfig
from django.utils.module_loading import import_string


class AccountsConfig(AppConfig):
    name = "selfservice.accounts"

    def ready(self) -> None:
        signed_in = import_string("django.contrib.auth.signals.user_logged_in")
        signed_in.connect(import_string("selfservice.accounts.idle.note_sign_in"))
