"""Why a profile was not deleted, in words."""

import re

from django.utils.translation import gettext as _

from integrations.frame.call_errors import SENTENCES, sentence_of
from integrations.spec import IntegrationSpec

INCOMPLETE = "incomplete"
_SYMBOL = re.compile(r"[a-z][a-z_]+")


def error_in_words(error: str, *, spec: IntegrationSpec) -> str:
    """Empty where nothing went wrong."""
    if error == INCOMPLETE:
        return _("The connection is not complete any more. Complete it, and try again.")
    if _SYMBOL.fullmatch(error):
        return spec.advice(error) or str(SENTENCES.get(error, error))
    return sentence_of(error)
