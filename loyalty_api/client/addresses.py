"""Which address a person may name for a remote platform. Pure."""

from collections.abc import Set
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def platform_address(text: str, *, allowed: Set[str]) -> str:
    """The address without blanks around it. `allowed` are those, as host:port, that may be called over plain http.

    Raises ValidationError with a sentence for people.
    """
    text = text.strip()
    parts = _parts(text)
    if parts is None or parts.scheme not in {"https", "http"}:
        raise ValidationError(_("The platform's address begins with https://."))
    if "@" in parts.netloc:
        raise ValidationError(
            _("Leave user and password out of the address; they have fields of their own, where they are kept secret.")
        )
    if "?" in text or "#" in text:
        raise ValidationError(_("Leave out what follows ? or #: the address ends with a path."))
    if parts.scheme == "http" and parts.netloc.lower() not in allowed:
        raise ValidationError(_("The address must begin with https://, or the password would travel in the open."))
    return text


def same_host(one: str, other: str) -> bool:
    """Whether a secret for the one may go to the other."""
    first, second = _parts(one), _parts(other)
    return first is not None and second is not None and _place(first) == _place(second)


def _place(parts: SplitResult) -> tuple[str, str]:
    return parts.scheme, parts.netloc.lower()


def _parts(text: str) -> SplitResult | None:
    """None for what is no address."""
    try:
        parts = urlsplit(text)
        # A port that is no number is found when it is asked for.
        is_good = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return parts if is_good and not any(letter.isspace() for letter in text) else None
