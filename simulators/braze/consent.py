"""The endpoints that set e-mail states and subscription groups without an attribute object.

https://www.braze.com/docs/api/endpoints/email/post_email_subscription_status/ and
https://www.braze.com/docs/api/endpoints/subscription_groups/post_update_user_subscription_group_status/
"""

from collections.abc import Collection

from simulators.braze.attributes import merged_groups
from simulators.braze.calls import Call, Outcome, as_list, wrong
from simulators.braze.profile import Profile
from simulators.braze.reserved_fields import SUBSCRIPTION_STATES, check_groups, is_email
from simulators.json_values import Json, JsonObject

MOST_USERS = 50
WAYS = {"external_id": "external_ids", "email": "emails", "phone": "phones"}


def set_email_status(call: Call) -> Outcome:
    """Works for addresses too that no profile has yet."""
    addresses, state = as_list(call.body.get("email")), call.body.get("subscription_state")
    if not addresses or len(addresses) > MOST_USERS or not all(map(is_email, addresses)):
        return wrong(f"'email' must be an address or an array of up to {MOST_USERS}")
    if state not in SUBSCRIPTION_STATES:
        return wrong(f"'subscription_state' must be one of {', '.join(SUBSCRIPTION_STATES)}")
    for address in addresses:
        call.workspace.set_email_state(str(address), state)
    return Outcome(201, {"message": "success"})


def set_group_status(call: Call) -> Outcome:
    return _set_groups(call, [call.body], WAYS.keys())


def set_group_status_v2(call: Call) -> Outcome:
    groups = call.body.get("subscription_groups")
    if not isinstance(groups, list) or not groups or not all(isinstance(group, dict) for group in groups):
        return wrong("'subscription_groups' must be an array of objects")
    return _set_groups(call, [group for group in groups if isinstance(group, dict)], WAYS.values())


def _set_groups(call: Call, groups: list[JsonObject], names: Collection[str]) -> Outcome:
    if refusal := check_groups([*groups], call.rules):
        return wrong(refusal)
    users = [(group, _users(call, group, [*names])) for group in groups]
    if any(found is None for _, found in users):
        return wrong(f"1 to {MOST_USERS} users must be provided for each group in {', '.join(names)}")
    for group, found in users:
        state: Json = {name: group[name] for name in ("subscription_group_id", "subscription_state")}
        for profile in found or ():
            profile.attributes["subscription_groups"] = merged_groups(
                profile.attributes.get("subscription_groups"), [state]
            )
    return Outcome(201, {"message": "success"})


def _users(call: Call, group: JsonObject, names: list[str]) -> list[Profile] | None:
    """Null when nobody, or too many, are named. Who is not known is skipped in silence."""
    named = [(way, value) for way, name in zip(WAYS, names, strict=True) for value in as_list(group.get(name))]
    if not 1 <= len(named) <= MOST_USERS:
        return None
    found: list[Profile] = []
    for way, value in named:
        if way == "external_id":
            profile = call.workspace.look_up({"external_id": value})
            found += [profile] if profile else []
        else:
            found += call.workspace.sharing(way, str(value))
    return found
