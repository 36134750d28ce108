import pytest

from simulators.braze.reserved_fields import check_groups, check_reserved_fields
from simulators.braze.rules import Rules

GROUP = {"subscription_group_id": "g", "subscription_state": "subscribed"}
TOKEN = {"app_id": "app", "token": "t"}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"email": "nobody"}, "EMAIL_BAD_FORMAT"),
        ({"email_subscribe": "yes"}, "BAD_EMAIL_SUBSCRIPTION_STATE"),
        ({"push_subscribe": []}, "BAD_PUSH_SUBSCRIPTION_STATE"),
        ({"current_location": {"longitude": 1, "latitude": True}}, "BAD_LOCATION_UPDATE"),
        ({"current_location": "Berlin"}, "BAD_LOCATION_UPDATE"),
        ({"email_subscription_info": 1}, "INVALID_ATTRIBUTE_EMAIL_SUBSCRIPTION_INFO"),
        ({"push_tokens": "t"}, "BAD_PUSH_TOKEN_VALUE"),
        ({"push_tokens": ["t"]}, "BAD_PUSH_TOKEN_VALUE"),
        ({"push_tokens": [{"app_id": "app"}]}, "BAD_PUSH_TOKEN_STRING"),
        ({"push_tokens": [TOKEN | {"token": 5}]}, "BAD_PUSH_TOKEN_STRING"),
        ({"push_tokens": [{"token": "t"}]}, "BAD_PUSH_TOKEN_APP_ID"),
        ({"push_tokens": [TOKEN, TOKEN | {"device_id": "short"}]}, "BAD_DEVICE_ID"),
        ({"push_tokens": [TOKEN | {"device_id": "x" * 256}]}, "BAD_DEVICE_ID"),
        ({"push_token_import": True, "email": "a@b.de"}, "BAD_PUSH_TOKEN_IMPORT"),
        ({"push_token_import": True, "push_tokens": [TOKEN], "external_id": "m"}, "BAD_PUSH_TOKEN_IMPORT"),
    ],
)
def test_check_reserved_fields_names_what_is_wrong(fields, code):
    assert check_reserved_fields(fields, Rules()).code == code


@pytest.mark.parametrize(
    "fields",
    [
        {"push_tokens": [TOKEN, TOKEN | {"device_id": "x" * 8}]},
        {"push_token_import": True, "push_tokens": [TOKEN], "email": "a@b.de"},
        {"subscription_groups": [GROUP], "email_subscribe": "opted_in"},
    ],
)
def test_check_reserved_fields_accepts_what_is_right(fields):
    assert check_reserved_fields(fields, Rules()) is None


@pytest.mark.parametrize(
    ("groups", "code"),
    [
        ({}, "BAD_SUBSCRIPTION_GROUP_ARRAY"),
        (["g"], "BAD_SUBSCRIPTION_GROUP_HASH"),
        ([{"subscription_group_id": "g"}], "BAD_SUBSCRIPTION_GROUP_HASH"),
        ([GROUP | {"subscription_group_id": 5}], "BAD_SUBSCRIPTION_GROUP_ID"),
        ([GROUP, GROUP | {"subscription_group_id": "other"}], "BAD_SUBSCRIPTION_GROUP_ID"),
        ([GROUP | {"subscription_state": "opted_in"}], "BAD_SUBSCRIPTION_GROUP_STATE"),
    ],
)
def test_check_groups_names_what_is_wrong(groups, code):
    assert check_groups(groups, Rules(groups=frozenset({"g"}))).code == code


def test_check_reserved_fields_knows_the_apps_of_the_workspace():
    refusal = check_reserved_fields({"push_tokens": [TOKEN]}, Rules(apps=frozenset({"another"})))

    assert refusal.code == "BAD_PUSH_TOKEN_APP_ID"
