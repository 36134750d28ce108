"""The checks on Braze's own fields of an attribute object, for which an update is refused rather than dropped.

https://www.braze.com/docs/api/endpoints/user_data/post_user_track/ (its table of errors) and
https://www.braze.com/docs/api/objects_filters/user_attributes_object/
"""

import re

from simulators.braze.refusals import Refusal
from simulators.braze.rules import Rules
from simulators.json_values import Json, JsonObject

EMAIL_LENGTH = 255
EMAIL = re.compile(r"[^@\s,;<>()\"]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}")
SUBSCRIPTION_STATES = ("opted_in", "subscribed", "unsubscribed")
GROUP_STATES = ("subscribed", "unsubscribed")
DEVICE_ID_BYTES = (8, 255)

BAD_EMAIL = "The value provided for the 'email' field is not a valid email."
STATE_CODES = {
    "email_subscribe": "BAD_EMAIL_SUBSCRIPTION_STATE",
    "push_subscribe": "BAD_PUSH_SUBSCRIPTION_STATE",
}


def is_email(value: Json) -> bool:
    return isinstance(value, str) and len(value) <= EMAIL_LENGTH and EMAIL.fullmatch(value) is not None


def check_reserved_fields(content: JsonObject, rules: Rules) -> Refusal | None:
    email = content.get("email")
    if email is not None and not is_email(email):
        return Refusal(BAD_EMAIL, "EMAIL_BAD_FORMAT")
    for field, code in STATE_CODES.items():
        if field in content and content[field] not in SUBSCRIPTION_STATES:
            return Refusal(f"'{field}' must be one of {', '.join(SUBSCRIPTION_STATES)}", code)
    if "email_subscription_info" in content:
        sentence = "'email_subscription_info' is not an attribute"
        return Refusal(sentence, "INVALID_ATTRIBUTE_EMAIL_SUBSCRIPTION_INFO")
    location = content.get("current_location")
    if location is not None and not _is_location(location):
        return Refusal("'current_location' must have 'longitude' and 'latitude'", "BAD_LOCATION_UPDATE")
    if "subscription_groups" in content and (error := check_groups(content["subscription_groups"], rules)):
        return error
    return _check_tokens(content, rules)


def check_groups(groups: Json, rules: Rules) -> Refusal | None:
    if not isinstance(groups, list):
        return Refusal("'subscription_groups' must be an array", "BAD_SUBSCRIPTION_GROUP_ARRAY")
    for group in groups:
        given = group if isinstance(group, dict) else {}
        identifier, state = given.get("subscription_group_id"), given.get("subscription_state")
        if identifier is None or state is None:
            sentence = "each of 'subscription_groups' must have a 'subscription_group_id' and a 'subscription_state'"
            return Refusal(sentence, "BAD_SUBSCRIPTION_GROUP_HASH")
        if not isinstance(identifier, str) or (rules.groups and identifier not in rules.groups):
            return Refusal("'subscription_group_id' is not a valid subscription group", "BAD_SUBSCRIPTION_GROUP_ID")
        if state not in GROUP_STATES:
            sentence = f"'subscription_state' must be one of {', '.join(GROUP_STATES)}"
            return Refusal(sentence, "BAD_SUBSCRIPTION_GROUP_STATE")
    return None


def _is_location(value: Json) -> bool:
    if not isinstance(value, dict):
        return False
    numbers = [value.get(name) for name in ("longitude", "latitude")]
    return all(isinstance(number, int | float) and not isinstance(number, bool) for number in numbers)


def _check_tokens(content: JsonObject, rules: Rules) -> Refusal | None:
    tokens = content.get("push_tokens")
    if content.get("push_token_import") is True and (not tokens or _is_identified(content)):
        sentence = "'push_token_import' needs 'push_tokens' and neither 'external_id' nor 'braze_id'"
        return Refusal(sentence, "BAD_PUSH_TOKEN_IMPORT")
    if tokens is None:
        return None
    if not isinstance(tokens, list) or not all(isinstance(token, dict) for token in tokens):
        return Refusal("'push_tokens' must be an array of objects", "BAD_PUSH_TOKEN_VALUE")
    checks = (_check_token(token, rules) for token in tokens if isinstance(token, dict))
    return next(filter(None, checks), None)


def _is_identified(content: JsonObject) -> bool:
    return bool(content.get("external_id") or content.get("braze_id"))


def _check_token(token: JsonObject, rules: Rules) -> Refusal | None:
    app, device = token.get("app_id"), token.get("device_id")
    if not isinstance(token.get("token"), str) or not token["token"]:
        return Refusal("the 'token' of a push token must be a string", "BAD_PUSH_TOKEN_STRING")
    if not isinstance(app, str) or not app or (rules.apps and app not in rules.apps):
        return Refusal("the 'app_id' of a push token is not an app of this workspace", "BAD_PUSH_TOKEN_APP_ID")
    least, most = DEVICE_ID_BYTES
    if device is not None and not (isinstance(device, str) and least <= len(device.encode()) <= most):
        return Refusal(f"the 'device_id' of a push token must have {least} to {most} bytes", "BAD_DEVICE_ID")
    return None
