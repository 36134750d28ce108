"""Why an event is not sent, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_SENTENCES: dict[str, str | Promise] = {
    "not_selected": _("Nothing that is chosen here comes of this event."),
    "unknown_type": _("Nobody knows events of this type."),
    "no_account": _("The event names a person of whom no account is known."),
    "no_identifier": _("The event does not carry the identifier that the connection is set to."),
    "identifier_too_long": _("The identifier is longer than the other system takes."),
    "mapping_failed": _("The event cannot be mapped. This is a fault on our side."),
    "platform_failed": _("The loyalty platform did not answer."),
    "account_not_found": _("The loyalty platform knows no such account."),
}


def reason_in_words(symbol: str) -> str:
    return str(_SENTENCES.get(symbol, symbol))
