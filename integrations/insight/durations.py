"""How long calls took, from counts of calls by duration. Pure."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from selfservice.ui.templatetags.shell import grouped

HALF, NEARLY_ALL = 0.5, 0.95


def bound_ms(buckets: Mapping[int, int], *, share: float) -> int | None:
    """Within so many milliseconds that share of the calls was over; bucket n is of those below 2 to the power of n."""
    total, seen = sum(buckets.values()), 0
    for bucket in sorted(buckets):
        seen += buckets[bucket]
        if total and seen >= share * total:
            return int(2**bucket)
    return None


def in_words(milliseconds: int | None) -> str:
    if milliseconds is None:
        return "–"
    return _("%(count)s ms") % {"count": grouped(milliseconds)}
