"""The endpoints that read: profiles by their ids, and the names of events.

https://www.braze.com/docs/api/endpoints/export/user_data/post_users_identifier/ and
https://www.braze.com/docs/api/endpoints/export/custom_events/get_custom_events/
"""

from collections.abc import Sequence

from simulators.braze.attributes import STANDARD
from simulators.braze.calls import Call, Outcome, as_list, wrong
from simulators.braze.profile import Profile
from simulators.json_values import Json, JsonObject

MOST_IDS = 50
EVENTS_PAGE = 250
# Braze's own fields; every other attribute is a custom one.
OWN_FIELDS = {*STANDARD, "email_subscribe", "push_subscribe", "subscription_groups"}
FIELDS = {*OWN_FIELDS, "external_id", "braze_id", "user_aliases", "custom_attributes", "custom_events", "purchases"}


def export_ids(call: Call) -> Outcome:
    body = call.body
    fields = body.get("fields_to_export")
    if fields is not None and (not isinstance(fields, list) or not fields):
        return wrong("'fields_to_export' must be an array of field names")
    wanted: list[JsonObject] = [{"external_id": each} for each in as_list(body.get("external_ids"))]
    wanted += [{"user_alias": each} for each in as_list(body.get("user_aliases"))]
    wanted += [{"braze_id": each} for each in as_list(body.get("braze_id"))]
    if len(wanted) > MOST_IDS:
        return wrong(f"At most {MOST_IDS} users may be asked for at once")
    contacts = [("email", body.get("email_address")), ("phone", body.get("phone"))]
    if not wanted and not any(isinstance(value, str) for _, value in contacts):
        return wrong("At least one of 'external_ids', 'user_aliases', 'braze_id', 'email_address', 'phone' is required")
    found = [(identifiers, call.workspace.look_up(identifiers)) for identifiers in wanted]
    profiles = [profile for _, profile in found if profile is not None]
    for contact, value in contacts:
        profiles += call.workspace.sharing(contact, value) if isinstance(value, str) else []
    users: list[Json] = [_exported(profile, fields) for profile in dict.fromkeys(profiles)]
    payload: JsonObject = {"users": users, "message": "success"}
    missing = [each["external_id"] for each, profile in found if profile is None and "external_id" in each]
    return Outcome(201, payload | {"invalid_user_ids": missing} if missing else payload)


def list_events(call: Call) -> Outcome:
    page = call.query.get("page", "0")
    if not (page.isascii() and page.isdigit() and len(page) < 8):
        return wrong("'page' must be a whole number from 0")
    names: list[Json] = [*call.workspace.event_names]
    start = int(page) * EVENTS_PAGE
    return Outcome(200, {"message": "success", "events": names[start : start + EVENTS_PAGE]})


def summaries(records: Sequence[JsonObject], field: str) -> list[Json]:
    """First and last time and number of each event or product, the way that Braze exports them."""
    found: dict[str, list[str]] = {}
    for record in records:
        found.setdefault(str(record[field]), []).append(str(record["time"]))
    return [
        {"name": name, "first": min(times), "last": max(times), "count": len(times)} for name, times in found.items()
    ]


def _exported(profile: Profile, fields: list[Json] | None) -> JsonObject:
    attributes = profile.attributes
    user: JsonObject = {
        "external_id": profile.external_id,
        "braze_id": profile.braze_id,
        "user_aliases": [*profile.aliases],
        **{name: value for name, value in attributes.items() if name in OWN_FIELDS},
        "custom_attributes": {name: value for name, value in attributes.items() if name not in OWN_FIELDS},
        "custom_events": summaries(profile.custom_events, "name"),
        "purchases": summaries(profile.purchases, "product_id"),
    }
    chosen = FIELDS if fields is None else set(map(str, fields))
    return {name: value for name, value in user.items() if name in chosen and value not in (None, [], {})}
