"""What a person may choose to be sent to Braze, and under which names."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from integrations.braze.mapping.names import (
    CUSTOM_PROPERTIES,
    EVENT_NAMES,
    EXPIRING_POINTS,
    FLAT_BALANCE,
    NEXT_TIER,
    OWN_ATTRIBUTES,
    STANDARD_FIELDS,
    SUBSCRIPTION_FIELDS,
)
from integrations.shown import Extras, Matrix, Sendable, Settings

_EVENTS = {
    "ACCOUNT_CREATED": _("A new account is created"),
    "MEMBERSHIP_CREATED": _("A new membership is created"),
    "MEMBERSHIP_ADDED": _("An existing account joins the program"),
    "MEMBERSHIP_CHANGED": _("A membership’s data changes"),
    "MEMBERSHIP_TERMINATED": _("A membership ends"),
    "MEMBERSHIP_OPTINS_CHANGED": _("A member’s opt-ins change"),
    "STATUS_LEVEL_CHANGED": _("A member reaches or loses a level"),
    "BALANCE_CHANGED": _("A member’s points balance changes"),
    "ACCOUNT_TRANSACTION": _("A purchase or a return is rated"),
    "COUPON_ASSIGNED": _("A member gets a coupon"),
    "COUPON_REDEEMED": _("A member redeems a coupon"),
    "USER_LOGGED_IN": _("A member signs in"),
    "USER_LOGGED_OUT": _("A member signs out"),
    "USER_CREATED": _("A new user is created"),
    "USER_CHANGED": _("A user’s data changes"),
    "PUSH_TOKEN_CREATED": _("A device registers for push messages"),
    "PUSH_TOKEN_DELETED": _("A device is removed"),
}
_ATTRIBUTES = {
    "convercus_account_id": _("The account’s ID, unique in a workspace"),
    "convercus_user_id": _("The person’s ID across programs"),
    "convercus_partner_id": _("The partner through whom the member enrolled"),
    "convercus_member_role": _("The member’s role in the account"),
    "convercus_status_level": _("The current level"),
    "convercus_balance": _("Points, locked points and status points as one object"),
    "email_subscribe": _("Consent to e-mail, from the opt-ins"),
    "push_subscribe": _("Consent to push, from the devices"),
    "email": _("Mail address"),
    "phone": _("Phone number in the international form"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "dob": _("Date of birth"),
    "gender": _("Gender, by Braze’s letters"),
    "home_city": _("City"),
    "country": _("Country, two letters"),
    CUSTOM_PROPERTIES: _("What your program defines on its members; chosen one by one below"),
    "convercus_points": _("The points, as a number that segments can compare"),
    "convercus_locked_points": _("Points that cannot be used yet"),
    "convercus_status_points": _("Points that count for the level"),
    "convercus_next_status_level": _("The level that comes next"),
    "convercus_points_to_next_status_level": _("What is missing for it"),
    "convercus_expiring_points": _("Points that expire next"),
    "convercus_expiring_points_at": _("The day on which they do"),
}
# Braze gives these their meaning, so they have no other name; the last is no name at all.
_FIXED = frozenset({*SUBSCRIPTION_FIELDS, *STANDARD_FIELDS, CUSTOM_PROPERTIES})


# The event that shows an attribute best; the others are a user's.
_EXAMPLES = {
    **dict.fromkeys(OWN_ATTRIBUTES, "MEMBERSHIP_CREATED"),
    **dict.fromkeys((*FLAT_BALANCE, *NEXT_TIER, *EXPIRING_POINTS), "BALANCE_CHANGED"),
    "convercus_balance": "BALANCE_CHANGED",
    "convercus_status_level": "STATUS_LEVEL_CHANGED",
    "email_subscribe": "MEMBERSHIP_OPTINS_CHANGED",
    "push_subscribe": "PUSH_TOKEN_CREATED",
}


def _attributes(names: Iterable[str]) -> tuple[Sendable, ...]:
    return tuple(
        Sendable(name, name, _ATTRIBUTES[name], _EXAMPLES.get(name, "USER_CHANGED"), is_renamable=name not in _FIXED)
        for name in names
    )


def _extras(switch: str, names: Mapping[str, str]) -> Extras:
    return Extras(switch, _attributes(names))


MATRIX = Matrix(
    events=tuple(Sendable(type_, name, _EVENTS[type_], example=type_) for type_, name in EVENT_NAMES.items()),
    attributes=_attributes((*OWN_ATTRIBUTES, *SUBSCRIPTION_FIELDS, *STANDARD_FIELDS, CUSTOM_PROPERTIES)),
    extras=(
        _extras("flatBalance", FLAT_BALANCE),
        _extras("nextTier", NEXT_TIER),
        _extras("expiringPoints", EXPIRING_POINTS),
    ),
    properties_key=CUSTOM_PROPERTIES,
    settings=(
        Settings(_("Purchases"), ("revenueMode", "productIdMode", "productName"), "ACCOUNT_TRANSACTION"),
        Settings(_("Consent to e-mail"), ("emailChannels", "missingOptin"), "MEMBERSHIP_OPTINS_CHANGED"),
    ),
)
