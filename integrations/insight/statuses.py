"""What the answers' numbers mean."""

from http import HTTPStatus

from django.utils.translation import gettext as _

from integrations.calls.models import NO_ANSWER


def in_short(status: int) -> str:
    """The number with its name in HTTP, which is the same in every language."""
    if status == NO_ANSWER:
        return _("no answer")
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
