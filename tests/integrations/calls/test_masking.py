"""A person's data is not shown unless somebody asks for it on purpose."""

import json

import pytest

from integrations.calls.masking import masked, masked_text

PERSON = {
    "emailAddress": "ada@example.org",
    "given_name": "Ada",
    "phone": "+4917012345",
    "birthDate": "1990-03-02",
    "customProperties": [{"name": "dog", "value": "Rex"}, {"name": "children", "value": 3}],
}


def test_what_tells_who_somebody_is_is_hidden():
    assert masked({"user": PERSON, "points": 20}) == {
        "user": {
            "emailAddress": "a•••",
            "given_name": "A•••",
            "phone": "+•••",
            "birthDate": "1•••",
            "customProperties": [{"name": "dog", "value": "R•••"}, {"name": "children", "value": "•••"}],
        },
        "points": 20,
    }


@pytest.mark.parametrize("value", [None, "", 12, True, [], {}])
def test_what_tells_nothing_stays(value):
    assert masked({"points": value, "note": value}) == {"points": value, "note": value}


def test_mail_addresses_are_hidden_in_any_text():
    assert masked({"message": "No profile for ada@example.org, sorry"}) == {"message": "No profile for a•••, sorry"}


@pytest.mark.parametrize("cut", [1, 5, 12])
def test_text_that_was_cut_is_hidden_too(cut):
    text = json.dumps({"points": 3, "user": {"family_name": "Lovelace"}})[:-cut]

    assert "ovela" not in masked_text(text)
    assert '"points": 3' in masked_text(text)


def test_text_of_no_json_stays():
    assert masked_text("<html>Bad gateway</html>") == "<html>Bad gateway</html>"


def test_name_of_an_event_and_title_of_a_coupon_are_nobodys():
    sent = {"events": [{"name": "convercus_user_created", "properties": {"email": "ada@example.org"}}]}

    assert masked(sent) == {"events": [{"name": "convercus_user_created", "properties": {"email": "a•••"}}]}
    assert masked({"coupons": [{"title": "20 % off"}], "title": "Dr."}) == {
        "coupons": [{"title": "20 % off"}],
        "title": "D•••",
    }


def test_attribute_under_any_name_is_hidden_but_for_our_own():
    profile = {
        "external_id": "a-1",
        "convercus_balance": {"points": 3},
        "_update_existing_only": True,
        "favourite_dish": "soup",
        "dogs": [{"race": "poodle"}],
        "user_alias": {"alias_name": "ada@example.org", "alias_label": "club"},
    }

    assert masked({"attributes": [profile]}) == {
        "attributes": [
            profile
            | {
                "favourite_dish": "s•••",
                "dogs": [{"race": "p•••"}],
                "user_alias": {"alias_name": "a•••", "alias_label": "club"},
            }
        ]
    }
