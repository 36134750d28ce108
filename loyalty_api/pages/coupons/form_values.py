"""Between a stored coupon and the editor's form."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from loyalty_api.contract import Coupon, PointOfRedemption
from loyalty_api.engine import places, tiers
from loyalty_api.engine.coupon_definitions import INCENTIVE, CouponFields
from loyalty_api.engine.coupon_models import AssignationType, CouponStatus, UnitType, UsageType
from loyalty_api.pages.coupons import properties, words
from loyalty_api.pages.coupons.form import PARTS, CouponForm, Offered
from loyalty_api.pages.coupons.languages import field_name, languages_of
from loyalty_api.pages.property_fields import initial_values
from selfservice.programs.models import Program, PropertyOwner


def offered_by(program: Program, coupon: Coupon | None) -> Offered:
    """Also what only the coupon still names, so that saving it takes nothing away."""
    partners, stores = places.list_partners(program=program), places.list_stores(program=program)
    points = places.list_interaction_points(program=program)
    known = [
        *((f"{UnitType.PARTNER}:{each.id}", _("Partner %(name)s") % {"name": each.name}) for each in partners),
        *((f"{UnitType.STORE}:{each.id}", _("Store %(name)s") % {"name": each.name}) for each in stores),
        *((f"{UnitType.INTERACTIONPOINT}:{each.id}", _("Till or app %(name)s") % {"name": each.id}) for each in points),
    ]
    values = {value for value, _label in known}
    others = [_value(point) for point in coupon.points_of_redemption] if coupon else []
    own = [(value, value) for value in others if value not in values and value != _everywhere(program)]
    return Offered(
        levels=tiers.levels_of(program),
        places=[*known, *own],
        languages=languages_of(program, coupon.texts if coupon else ()),
        definitions=program.properties_of(PropertyOwner.COUPON),
        stored_properties=coupon.custom_properties if coupon else {},
    )


def initial_of(program: Program, coupon: Coupon) -> dict[str, Any]:
    points = [_value(point) for point in coupon.points_of_redemption]
    # The whole program among them makes the others mean nothing.
    named = [] if _everywhere(program) in points else points
    defined = program.properties_of(PropertyOwner.COUPON)
    names = {each["name"] for each in defined}
    others = {name: value for name, value in coupon.custom_properties.items() if name not in names}
    found: dict[str, Any] = {
        "name": coupon.name,
        "usage_type": coupon.usage_type,
        "value": coupon.value,
        "assignation_type": coupon.assignation_type,
        "promo_codes": "\n".join(each.code for each in coupon.promo_codes),
        "max_redeem_count_promo_code": coupon.max_redeem_count_promo_code or None,
        "has_level": bool(coupon.state_level),
        "state_level": coupon.state_level,
        "activatable": coupon.activatable,
        "has_window": bool(coupon.valid_from or coupon.valid_to),
        "valid_from": _shown(coupon.valid_from),
        "valid_to": _shown(coupon.valid_to),
        "has_places": bool(named),
        "places": named,
        "has_limits": bool(coupon.max_redeem_count or coupon.max_redeem_count_global),
        "max_redeem_count": coupon.max_redeem_count or None,
        "max_redeem_count_global": coupon.max_redeem_count_global or None,
        "external_reference": coupon.external_reference,
        "external_code": coupon.external_code,
        "custom_properties": properties.written(others),
        **initial_values(defined, coupon.custom_properties),
    }
    for language, text in coupon.texts.items():
        found |= {field_name(language, part): getattr(text, part) for part, *_rest in PARTS}
    return found


def initial_of_copy(program: Program, coupon: Coupon, *, name: str) -> dict[str, Any]:
    """All but the codes, which mean one coupon each."""
    return initial_of(program, coupon) | {"name": name[:120], "external_code": "", "promo_codes": ""}


def usage_type_of(form: CouponForm, stored: Coupon | None) -> str:
    """An older name that the coupon was given stays."""
    wanted = str(form.cleaned_data["usage_type"])
    is_older = stored is not None and stored.given_usage_type == INCENTIVE and wanted == UsageType.EXTRAPOINT
    return INCENTIVE if is_older else wanted


def fields_of(form: CouponForm, stored: Coupon | None) -> CouponFields:
    """What the engine takes; what the form does not ask for stays as it is stored."""
    given = form.cleaned_data
    is_by_code = given["assignation_type"] == AssignationType.PROMOCODE
    window, limits = given["has_window"], given["has_limits"]
    fields = CouponFields(
        value=given["value"],
        assignation_type=given["assignation_type"],
        promo_codes=given["promo_codes"] if is_by_code else [],
        max_redeem_count_promo_code=(given["max_redeem_count_promo_code"] or 0) if is_by_code else 0,
        state_level=given["state_level"] if given["has_level"] else "",
        activatable=given["activatable"],
        valid_from=_kept(stored.valid_from if stored else None, given["valid_from"]) if window else None,
        valid_to=_kept(stored.valid_to if stored else None, given["valid_to"]) if window else None,
        points_of_redemption=form.points,
        max_redeem_count=(given["max_redeem_count"] or 0) if limits else 0,
        max_redeem_count_global=(given["max_redeem_count_global"] or 0) if limits else 0,
        external_reference=given["external_reference"],
        external_code=given["external_code"],
        custom_properties=form.all_properties,
        texts=form.texts,
        status=stored.status if stored else CouponStatus.DRAFT.value,
    )
    if stored:
        fields |= CouponFields(external_code_type=stored.external_code_type, images=stored.images)
    return fields


def _kept(stored: datetime | None, given: datetime | None) -> datetime | None:
    """The form shows no seconds; what it shows unchanged is unchanged."""
    if stored and given and stored.replace(second=0, microsecond=0) == given:
        return stored
    return given


def _shown(at: datetime | None) -> datetime | None:
    return words.local(at).replace(tzinfo=None) if at else None


def _value(point: PointOfRedemption) -> str:
    return f"{point.unit_type}:{point.value}"


def _everywhere(program: Program) -> str:
    return f"{UnitType.PROGRAM}:{program.code}"
