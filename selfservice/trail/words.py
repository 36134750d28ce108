"""What the lines of the audit trail are called. Each package has words of its own for what it does; settings name
them. What nobody has words for appears as it is stored."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from selfservice.ui.templatetags.shell import minute

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Words:
    """`actions` by what is stored as action; `fields` by the names within before and after; `kinds` by what an action
    such as store.added is about; `values` by a field's name and what is stored of it."""

    actions: Mapping[str, "StrOrPromise"] = field(default_factory=dict)
    fields: Mapping[str, "StrOrPromise"] = field(default_factory=dict)
    kinds: Mapping[str, "StrOrPromise"] = field(default_factory=dict)
    values: Mapping[tuple[str, str], "StrOrPromise"] = field(default_factory=dict)


@cache
def all_words() -> Words:
    found = [import_string(f"{path}.WORDS") for path in settings.AUDIT_WORDS]
    return Words(
        actions={name: text for words in found for name, text in words.actions.items()},
        fields={name: text for words in found for name, text in words.fields.items()},
        kinds={name: text for words in found for name, text in words.kinds.items()},
        values={name: text for words in found for name, text in words.values.items()},
    )


def action_in_words(action: str) -> str:
    words = all_words()
    if action in words.actions:
        return str(words.actions[action])
    kind, _dot, verb = action.rpartition(".")
    texts = {
        "added": _("Added: %(kind)s"),
        "changed": _("Changed: %(kind)s"),
        "removed": _("Removed: %(kind)s"),
    }
    if verb not in texts:
        return action
    return texts[verb] % {"kind": words.kinds.get(kind, kind.replace("_", " "))}


def field_in_words(name: str) -> str:
    return str(all_words().fields.get(name, name.replace("_", " ")))


def value_in_words(name: str, value: str) -> str:
    """Moments as on every page, in the time zone that is the current one."""
    if (name, value) in all_words().values:
        return str(all_words().values[name, value])
    if not _MOMENT.match(value):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return minute(timezone.localtime(moment)) if moment.tzinfo else value
