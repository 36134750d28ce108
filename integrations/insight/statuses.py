"""What the answers' numbers mean."""

from http import HTTPStatus

from django.utils.translation import gettext as _

_NO_ANSWER = 0


def in_short(status: int) -> str:
    """The number with its name in HTTP, which is the same in every language."""
    if status == _NO_ANSWER:
        return _("no answer")
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
