"""A program's points rules, each in a sentence."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from loyalty_api.engine.models import ExpiryKind, ProgramRules


def rules_in_words(rules: ProgramRules, *, currency: str) -> list[str]:
    return [*_earning(rules, currency), _expiry(rules), *_anonymous(rules)]


def _earning(rules: ProgramRules, currency: str) -> Iterator[str]:
    words = {
        "points": _number(rules.points_per_unit),
        "status": _number(rules.status_points_per_unit),
        "worth": _number(rules.point_value),
        "currency": currency,
    }
    yield _("Points for each %(currency)s of a receipt: %(points)s. Status points: %(status)s.") % words
    yield _("A point is worth %(worth)s %(currency)s.") % words
    if rules.lock_days:
        days = rules.lock_days
        told = ngettext(
            "Points of receipts are locked for %(days)s day.", "Points of receipts are locked for %(days)s days.", days
        )
        yield told % {"days": days}
    if excluded := [*rules.excluded_items, *rules.excluded_merchandise_groups]:
        told = ngettext(
            "%(count)s item or merchandise group gives no points.",
            "%(count)s items and merchandise groups give no points.",
            len(excluded),
        )
        yield told % {"count": len(excluded)}


def _expiry(rules: ProgramRules) -> str:
    if rules.expiry_kind == ExpiryKind.FIXED_DATE:
        month, _sign, day = rules.expiry_day.partition("-")
        # A leap year, which has each day that can be chosen.
        shown = date_format(date(2000, int(month), int(day)), pgettext("day of a year", "j F"), use_l10n=False)
        words = {"day": shown, "months": rules.expiry_months}
        return _("Each year on %(day)s points expire that are at least %(months)s months old.") % words
    if rules.expiry_kind == ExpiryKind.INACTIVITY:
        return _("After %(months)s months without a booking all points expire.") % {"months": rules.expiry_months}
    return _("Points do not expire.")


def _anonymous(rules: ProgramRules) -> Iterator[str]:
    if not rules.anonymous_earn:
        yield _("Without a member behind it, an account earns no points.")
    if not rules.anonymous_burn:
        yield _("Without a member behind it, an account spends no points.")


def _number(number: Decimal) -> str:
    return number_format(Decimal(f"{number.normalize():f}"))
