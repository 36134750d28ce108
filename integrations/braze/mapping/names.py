"""The names that Braze gives a meaning, the names that we send, and what a person may rename."""

from collections.abc import Mapping

from loyalty_api.contract import EventType

MAX_TEXT = 255
PREFIX = "convercus_"

EVENT_NAMES: Mapping[str, str] = {type_.value: f"{PREFIX}{type_.value.lower()}" for type_ in EventType}

# Braze's profile field -> the platform's field of a user.
STANDARD_FIELDS: Mapping[str, str] = {
    "email": "emailAddress",
    "phone": "phone",
    "first_name": "givenName",
    "last_name": "familyName",
    "dob": "birthDate",
    "gender": "genderCode",
    "home_city": "city",
    "country": "countryCode",
}
SUBSCRIPTION_FIELDS = ("email_subscribe", "push_subscribe")
OWN_ATTRIBUTES = (
    "convercus_account_id",
    "convercus_user_id",
    "convercus_partner_id",
    "convercus_member_role",
    "convercus_status_level",
    "convercus_balance",
)
CUSTOM_PROPERTIES = "custom_properties"
ATTRIBUTES = (*OWN_ATTRIBUTES, *SUBSCRIPTION_FIELDS, *STANDARD_FIELDS, CUSTOM_PROPERTIES)
"""What can be switched off one by one. The last stands for all that a program defines on its users."""

# Flat copy -> the field of the event.
FLAT_BALANCE = {
    "convercus_points": "points",
    "convercus_locked_points": "lockedPoints",
    "convercus_status_points": "statusPoints",
}
NEXT_TIER = {
    "convercus_next_status_level": "nextLevel",
    "convercus_points_to_next_status_level": "pointsToNextLevel",
}
EXPIRING_POINTS = {
    "convercus_expiring_points": "expiringPoints",
    "convercus_expiring_points_at": "expiringAt",
}
EXTRA_ATTRIBUTES = (*FLAT_BALANCE, *NEXT_TIER, *EXPIRING_POINTS)

RENAMABLE = frozenset({*EVENT_NAMES.values(), *OWN_ATTRIBUTES, *EXTRA_ATTRIBUTES})

# https://www.braze.com/docs/api/objects_filters/user_attributes_object: nothing else may write over these.
RESERVED_ATTRIBUTES = frozenset(STANDARD_FIELDS) | {
    *SUBSCRIPTION_FIELDS,
    *("external_id", "user_alias", "braze_id", "app_id", "language", "time_zone", "subscription_groups", "push_tokens"),
    *("_merge_objects", "_update_existing_only", "push_token_import", "current_location", "date_of_first_session"),
    *("date_of_last_session", "marked_email_as_spam_at", "email_open_tracking_disabled", "image_url", "bio"),
    *("email_click_tracking_disabled", "email_subscription_info", "facebook", "twitter"),
}
# https://www.braze.com/docs/api/objects_filters/event_object: refused, or ours.
RESERVED_PROPERTIES = frozenset({"time", "event_name", "event_id"})


def is_name(name: str) -> bool:
    """Whether Braze takes this as the name of an attribute or a property."""
    return 0 < len(name) <= MAX_TEXT and name[0] != "$" and not name.isspace()
