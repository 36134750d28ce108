"""How long something takes, how long ago it was, or how far ahead it is, in words. Pure."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# From here on the next larger unit says enough.
_MINUTES_SHOWN, _HOURS_SHOWN = timedelta(minutes=90), timedelta(hours=48)


def lasting(span: timedelta) -> str:
    """With one unit: nobody reads the minutes of a day."""
    if span < _MINUTE:
        return _("less than a minute")
    if span < _MINUTES_SHOWN:
        count = span // _MINUTE
        return ngettext("%(count)s minute", "%(count)s minutes", count) % {"count": count}
    if span < _HOURS_SHOWN:
        count = span // _HOUR
        return ngettext("%(count)s hour", "%(count)s hours", count) % {"count": count}
    count = span // _DAY
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}


def ago(moment: datetime, now: datetime) -> str:
    span = now - moment
    if span < _MINUTE:
        return _("less than a minute ago")
    if span < _MINUTES_SHOWN:
        count = span // _MINUTE
        return ngettext("%(count)s minute ago", "%(count)s minutes ago", count) % {"count": count}
    if span < _HOURS_SHOWN:
        count = span // _HOUR
        return ngettext("%(count)s hour ago", "%(count)s hours ago", count) % {"count": count}
    count = span // _DAY
    return ngettext("%(count)s day ago", "%(count)s days ago", count) % {"count": count}


def ahead(moment: datetime, now: datetime) -> str:
    """`static/js/countdown.js` says the same of the time that passes on the page."""
    span = moment - now
    if span < _MINUTE:
        return _("in less than a minute")
    if span < _MINUTES_SHOWN:
        count = span // _MINUTE
        return ngettext("in %(count)s minute", "in %(count)s minutes", count) % {"count": count}
    if span < _HOURS_SHOWN:
        count = span // _HOUR
        return ngettext("in %(count)s hour", "in %(count)s hours", count) % {"count": count}
    count = span // _DAY
    return ngettext("in %(count)s day", "in %(count)s days", count) % {"count": count}
