"""What a person chooses for themselves."""

from django.db import transaction

from selfservice.accounts.models import Theme, User
from selfservice.audit.services import Actor, record


@transaction.atomic
def save_profile(*, user: User, name: str, language: str, theme: str, actor: Actor) -> None:
    """Repeating it changes nothing."""
    held = User.objects.select_for_update().get(pk=user.pk)
    before = {"name": held.name, "language": held.language, "theme": held.theme}
    after = {"name": name, "language": language, "theme": theme}
    changed = [field for field in after if before[field] != after[field]]
    if changed:
        User.objects.filter(pk=user.pk).update(**after)
        record(
            actor=actor,
            action="user.changed",
            subject=user.email,
            before={field: before[field] for field in changed},
            after={field: after[field] for field in changed},
        )


def set_language_of(*, user: User, language: str) -> None:
    """With the switch on every page, which is a matter of taste and no line of the trail."""
    User.objects.filter(pk=user.pk).update(language=language)


def set_theme_of(*, user: User, theme: Theme) -> None:
    User.objects.filter(pk=user.pk).update(theme=theme)
