"""What a worker does about accounts. Mails are sent by one so that nobody can tell from how long a page takes who has
an account."""

from celery import shared_task

from selfservice.accounts.forgotten import send_link
from selfservice.accounts.session_store import SessionStore


@shared_task(ignore_result=True)
def send_sign_in_link(email: str, base_url: str, language: str, address: str | None = None, **_unknown: object) -> None:
    send_link(email=email, base_url=base_url, language=language, address=address)


@shared_task(ignore_result=True)
def forget_sessions(**_unknown: object) -> None:
    """Of sessions that have ended nothing is kept, neither browser nor address."""
    SessionStore.clear_expired()
