"""What the page of levels and rules shows: the levels, the rules in words, and the example with its reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty_api.client.factory import is_remote as is_remote
from loyalty_api.contract import LoyaltyError, RatingExample
from loyalty_api.engine.models import Coupon, InteractionPoint, Level
from loyalty_api.engine.rating_examples import example_rating
from loyalty_api.engine.rules import rules_of
from loyalty_api.pages.levels.forms import ExampleForm
from loyalty_api.pages.levels.rule_words import rules_in_words
from selfservice.programs.models import Program

USUAL_AMOUNT = Decimal(50)
MOST_COUPONS = 20


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence for the outcome, and a step for each thing that had a part in it."""

    sentence: str
    steps: tuple[str, ...]


def plain(value: Any) -> Any:
    """A decimal without zeros at its end; anything else as it is."""
    return Decimal(f"{value.normalize():f}") if isinstance(value, Decimal) else value


def coupons_for(program: Program, slug: str) -> Sequence[Coupon]:
    """Those that only members of the level may redeem, the newest first; MOST_COUPONS at most."""
    return list(Coupon.objects.filter(program=program, state_level=slug).order_by("-id")[:MOST_COUPONS])


def stored_level(program: Program, slug: str) -> dict[str, Any] | None:
    row = Level.objects.filter(program=program, slug=slug).first()
    if row is None:
        return None
    return {"name": row.name, "needed_status_points": row.needed_status_points, "factor": plain(row.factor)}


def overview(program: Program, asked: Mapping[str, str]) -> dict[str, Any]:
    """`asked` is the example's receipt; without one a usual one of a member at the second level is shown."""
    levels = list(Level.objects.filter(program=program))
    points = InteractionPoint.objects.filter(program=program, retired_at=None).select_related("partner", "store")
    chosen = levels[1].slug if len(levels) > 1 else levels[0].slug if levels else ""
    usual = {"amount": "50", "level": chosen}
    form = ExampleForm(
        asked if "amount" in asked else usual,
        levels=[(row.slug, row.name) for row in levels],
        points=[(row.code, _place(row)) for row in points],
        auto_id="example_%s",
    )
    rules, remote = rules_of(program), is_remote(program)
    return {
        "levels": levels,
        "rules": rules_in_words(rules, currency=program.currency),
        "level_months": rules.level_validity_months,
        "form": form,
        "is_remote": remote,
        "example": None if remote or not form.is_valid() else _example(program, form),
    }


def _place(row: InteractionPoint) -> str:
    named = [str(row.store)] if row.store else [str(row.partner)] if row.partner else []
    return " · ".join([*named, row.code])


def _example(program: Program, form: ExampleForm) -> Example | None:
    given = form.cleaned_data
    try:
        found = example_rating(
            program=program,
            amount=given["amount"],
            now=timezone.now(),
            level=given["level"],
            interaction_id=given["point"],
            item_id=given["item"],
            merchandise_group=given["group"],
        )
    except LoyaltyError:
        form.add_error("amount", _("A receipt cannot give so many points."))
        return None
    return Example(_sentence(found), _steps(found, program.currency))


def _sentence(found: RatingExample) -> str:
    words = {"points": _number(found.points), "status": _number(found.status_points)}
    return _("Points: %(points)s. Status points: %(status)s.") % words


def _steps(found: RatingExample, currency: str) -> tuple[str, ...]:
    if found.is_excluded:
        return (_("What was bought is excluded from points. Coupons change nothing about that."),)
    words = {
        "amount": _money(found.amount, currency),
        "rate": _number(found.points_per_unit),
        "factor": _number(found.factor),
        "level": found.level_name,
        "points": _number(found.points),
        "currency": currency,
        "coupons": ", ".join(found.coupons),
        "multiplier": _number(found.multiplier),
        "extra": _number(found.extra_points),
        "worth": _money(found.worth, currency),
    }
    steps = [_("%(amount)s × %(rate)s (points for each %(currency)s)")]
    if found.level_name:
        steps.append(_("× %(factor)s (factor of the level %(level)s)"))
    if found.multiplier != 1:
        steps.append(_("× %(multiplier)s (a coupon that is for everybody)"))
    if found.extra_points:
        steps.append(_("+ %(extra)s (a coupon that is for everybody)"))
    steps.append(_("= %(points)s points, rounded down once, at the end"))
    if found.coupons:
        steps.append(_("Coupons that are used: %(coupons)s"))
    steps.append(_("To pay with, they are worth %(worth)s."))
    return (*(step % words for step in steps), *_locked(found.lock_days))


def _locked(days: int) -> tuple[str, ...]:
    if not days:
        return ()
    told = ngettext(
        "They are locked for %(days)s day, and can be spent then.",
        "They are locked for %(days)s days, and can be spent then.",
        days,
    )
    return (told % {"days": days},)


def _number(number: Decimal | int) -> str:
    return number_format(plain(number), force_grouping=True)


def _money(amount: Decimal, currency: str) -> str:
    return f"{number_format(amount, 2, force_grouping=True)} {currency}"
