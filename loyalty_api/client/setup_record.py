"""What the audit trail keeps of a program's whole setup; a password as a fingerprint."""

from typing import Any

from django.utils.crypto import salted_hmac

from loyalty_api.client.models import LoyaltyPlatform
from loyalty_api.engine.models import Level, ProgramRules
from selfservice.programs.models import Program

PROGRAM_FIELDS = (
    *("name", "org", "currency", "language", "timezone", "optins"),
    *("languages", "booking_type_codes", "custom_properties"),
)
# Of these nothing is told while they are empty, so that lines of before them stay comparable.
_LATER_FIELDS = frozenset({"languages", "booking_type_codes", "custom_properties"})
_PLATFORM_FIELDS = ("kind", "url", "org", "user_name", "interaction_id", "program_code")
RULE_FIELDS = (
    *("points_per_unit", "status_points_per_unit", "point_value", "lock_days"),
    *("excluded_items", "excluded_merchandise_groups"),
    *("level_validity_months", "expiry_kind", "expiry_day", "expiry_months", "expiry_warning_days"),
    *("anonymous_earn", "anonymous_burn", "external_id_unique", "assignment_policy"),
)


def setup_record(program: Program) -> dict[str, Any]:
    """Nothing of a program that is not stored yet."""
    if program._state.adding:
        return {}
    shown = {name: getattr(program, name) for name in PROGRAM_FIELDS}
    shown = {name: value for name, value in shown.items() if value or name not in _LATER_FIELDS}
    levels = Level.objects.filter(program=program).order_by("needed_status_points")
    shown["levels"] = {level.slug: level.needed_status_points for level in levels}
    shown["level_names"] = {level.slug: level.name for level in levels}
    shown["level_factors"] = {level.slug: f"{level.factor.normalize():f}" for level in levels}
    shown |= _rules(program)
    platform = LoyaltyPlatform.objects.filter(program=program).first()
    if platform is not None:
        shown["loyalty"] = {name: getattr(platform, name) for name in _PLATFORM_FIELDS}
        shown["loyalty"]["password"] = fingerprint(platform.password)
    return shown


def fingerprint(password: str) -> str:
    """By which one tells two passwords apart without knowing them; empty for none."""
    return salted_hmac("loyalty_api.client.password", password, algorithm="sha256").hexdigest()[:8] if password else ""


def _rules(program: Program) -> dict[str, Any]:
    """Numbers as text, so that a whole and a decimal are the same."""
    row = ProgramRules.objects.filter(program=program).first() or ProgramRules(program=program)
    values = {name: getattr(row, name) for name in RULE_FIELDS}
    return {name: f"{value.normalize():f}" if hasattr(value, "normalize") else value for name, value in values.items()}
