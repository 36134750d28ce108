"""What Braze says about an object is known in words, by its documented name and by the sentence of the stand-in."""

import pytest
from django.utils import translation

from integrations.braze.refusals import explain
from integrations.shown import Remedy

DOCUMENTED = [
    "BAD_DEVICE_ID",
    "BAD_EMAIL_SUBSCRIPTION_STATE",
    "BAD_PUSH_SUBSCRIPTION_STATE",
    "BAD_LOCATION_UPDATE",
    "BAD_PUSH_TOKEN_APP_ID",
    "BAD_PUSH_TOKEN_IMPORT",
    "BAD_PUSH_TOKEN_STRING",
    "BAD_PUSH_TOKEN_VALUE",
    "BAD_SUBSCRIPTION_GROUP_ARRAY",
    "BAD_SUBSCRIPTION_GROUP_HASH",
    "BAD_SUBSCRIPTION_GROUP_ID",
    "BAD_SUBSCRIPTION_GROUP_STATE",
    "BLACKLISTED_EXTERNAL_USER_ID",
    "EMAIL_BAD_FORMAT",
    "EXTERNAL_USER_ID_TOO_LARGE",
    "INVALID_ATTRIBUTE_EMAIL_SUBSCRIPTION_INFO",
]
SENTENCES = {
    "The value provided for the 'email' field is not a valid email.": "Mail address not valid",
    "'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required": "No identifier",
    "'external_id' or 'braze_id' or 'user_alias' is required": "No identifier",
    "provided external_id is blacklisted and disallowed": "Identifier blocked by Braze",
    "'external_id' is too large, at most 987 bytes are allowed": "Identifier too long",
    "'user_alias' is not valid": "Identifier not valid",
    "'quantity' is not valid": "Purchase not valid",
    "'currency' is not valid": "Purchase not valid",
    "the property name 'time' is reserved": "Reserved property name",
    "the property name '$x' is not valid": "Property name not valid",
    "'properties' is too large": "Too many properties",
    "'time' is required": "Event name or time not valid",
    "'name' is not valid": "Event name or time not valid",
    "purchases are not available for this workspace, use eCommerce events": "Purchases not available",
    "400: Error while parsing request body. Please check your syntax.": "Request refused",
    "413: Payload too large": "Request too large",
}


@pytest.mark.parametrize("name", DOCUMENTED)
def test_documented_kind_has_words_and_advice_in_both_languages(name):
    found = explain(name)

    assert found is not None
    english = [str(text) for text in (found.title, found.happened, found.advice)]
    with translation.override("de"):
        german = [str(text) for text in (found.title, found.happened, found.advice)]
    assert all(text and text not in english for text in german)
    assert found.remedy in Remedy


@pytest.mark.parametrize(("sentence", "title"), SENTENCES.items())
def test_sentence_is_told_by_its_meaning(sentence, title):
    found = explain(sentence)

    assert found is not None
    assert str(found.title) == title


def test_unknown_words_stay_unknown():
    assert explain("something nobody has heard of") is None
