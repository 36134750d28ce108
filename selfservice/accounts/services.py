"""People: makes them, and lets them in once without a password."""

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes, force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from selfservice.accounts.models import User
from selfservice.audit.services import Actor, record


class SignInTokens(PasswordResetTokenGenerator):
    """Works for PASSWORD_RESET_TIMEOUT (72 hours), until the password changes or the person signs in."""

    key_salt = "selfservice.accounts.sign_in_link"


_tokens = SignInTokens()


@transaction.atomic
def create_person(*, email: str, actor: Actor, name: str = "", is_operator: bool = False) -> User:
    """A person without a password, or the one who has this address already, who keeps what is theirs.

    Raises ValidationError for an address that is none.
    """
    known = User.objects.select_for_update().filter(email=email.strip().lower()).first()
    user = known or User(email=email.strip().lower())
    before = {"name": user.name, "is_operator": user.is_operator} if known else {}
    user.name = name or user.name
    user.is_operator = is_operator or user.is_operator
    if known is None:
        user.set_unusable_password()
        user.full_clean(exclude=["password"])
    user.save()
    after = {"name": user.name, "is_operator": user.is_operator}
    if before != after:
        action = "user.changed" if known else "user.added"
        record(actor=actor, action=action, subject=user.email, before=before, after=after)
    return user


@transaction.atomic
def set_password(*, user: User, password: str, actor: Actor) -> None:
    """Ends all sessions. Raises ValidationError for one that is too easy to guess."""
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    user.sessions.all().delete()
    record(actor=actor, action="user.password_set", subject=user.email)


def sign_in_link(*, user: User, base_url: str) -> str:
    """An address that lets this person choose a password and signs them in, once."""
    token = f"{urlsafe_base64_encode(force_bytes(user.pk))}-{_tokens.make_token(user)}"
    return base_url.rstrip("/") + reverse("accounts:link", kwargs={"token": token})


def person_of_link(*, token: str) -> User | None:
    """Whom a token lets in; None for one that is spent, too old or made up."""
    encoded, _hyphen, signature = token.partition("-")
    try:
        key = int(force_str(urlsafe_base64_decode(encoded)))
    except ValueError:
        return None
    user = User.objects.filter(pk=key, is_active=True).first()
    return user if user and _tokens.check_token(user, signature) else None
