"""The card's form: what it takes, what it refuses, and what it makes of fields that were not sent."""

import pytest
from django.utils.datastructures import MultiValueDict

from integrations.braze.config import missing_fields
from integrations.braze.form import BrazeForm
from integrations.braze.mapping.names import ATTRIBUTES, EVENT_NAMES


def form(*, has_key=False, **changes):
    fields = {
        "apiKey": "0123-4567",
        "apiEndpoint": "https://rest.fra-01.braze.eu",
        "identifierType": "external_id",
        "defaultOptins": ["newsletter"],
    }
    return BrazeForm(
        fields | changes,
        optins=("newsletter", "Post"),
        has_secrets=frozenset({"apiKey"}) if has_key else frozenset(),
    )


def test_form_reads_outbound_allow_from_the_settings(settings):
    settings.OUTBOUND_ALLOW = frozenset({"127.0.0.1:9077"})

    assert form(apiEndpoint="http://127.0.0.1:9077").is_valid()


@pytest.mark.parametrize("text", ["abc-def", "  abc-def  ", '"abc-def"', "'abc-def'"])
def test_key_is_taken_without_quotes_and_spaces(text):
    filled = form(apiKey=text)

    assert filled.is_valid()
    assert filled.cleaned_data["apiKey"] == "abc-def"


@pytest.mark.parametrize("text", ["abc def", "abc\ndef", "schlüssel", "k" * 201, "abc\x00"])
def test_key_that_cannot_be_one_is_refused_without_being_repeated(text):
    filled = form(apiKey=text)

    assert set(filled.errors) == {"apiKey"}
    assert text not in str(filled.errors)


def test_key_is_needed_once():
    assert set(form(apiKey="").errors) == {"apiKey"}
    assert form(apiKey="", has_key=True).is_valid()


def test_form_never_shows_a_key():
    assert "0123-4567" not in form(defaultOptins=["x"]).as_p()


@pytest.mark.parametrize("changes", [{"identifierType": "email"}, {"identifierType": ""}, {"defaultOptins": ["SMS"]}])
def test_choices_are_the_programs_and_ours(changes):
    assert set(form(**changes).errors) == set(changes)


def test_form_without_default_optins_is_valid_but_incomplete():
    filled = form(defaultOptins=[])

    assert filled.is_valid()
    assert missing_fields(filled.cleaned_data) == ["defaultOptins"]


def test_fields_that_were_not_sent_have_what_the_seed_says():
    filled = form()

    assert filled.is_valid()
    assert filled.cleaned_data == {
        "apiKey": "0123-4567",
        "apiEndpoint": "https://rest.fra-01.braze.eu",
        "identifierType": "external_id",
        "defaultOptins": ["newsletter"],
        "events": list(EVENT_NAMES),
        "attributes": list(ATTRIBUTES),
        "revenueMode": "purchases",
        "productIdMode": "transaction_id",
        "productName": "Completed Order",
        "emailChannels": "email consent\nnewsletter",
        "missingOptin": "subscribed",
        "flatBalance": False,
        "nextTier": False,
        "expiringPoints": False,
        "identifierValue": "account_id",
        "aliasLabel": "convercus_account_id",
        "updateExistingOnly": False,
        "rename": "",
        "propertyMode": "all_but",
        "properties": "",
        "propertyRename": "",
        "objectsPerRequest": 75,
        "objectsPerArray": False,
        "bulkResync": False,
    }


@pytest.mark.parametrize("sent", [[], [""]])
def test_no_event_at_all_can_be_ticked(sent):
    filled = form(events=sent)

    assert filled.is_valid()
    assert filled.cleaned_data["events"] == []


def test_commands_may_name_boxes_and_lines_one_by_one():
    data = MultiValueDict({name: value if isinstance(value, list) else [value] for name, value in form().data.items()})
    data.setlist("attributes", ["email", "convercus_balance"])
    data.setlist("rename", ["convercus_balance = balance", "convercus_status_level = tier"])

    filled = BrazeForm(data, optins=("newsletter",), has_secrets=frozenset())

    assert filled.is_valid()
    assert filled.cleaned_data["attributes"] == ["email", "convercus_balance"]
    assert filled.cleaned_data["rename"] == "convercus_balance = balance\nconvercus_status_level = tier"


@pytest.mark.parametrize(
    ("sent", "is_on"),
    [(True, True), ("on", True), ("yes", True), ("true", True), ("no", False), ("0", False), ("", False)],
)
def test_switch_reads_words(sent, is_on):
    filled = form(flatBalance=sent)

    assert filled.is_valid()
    assert filled.cleaned_data["flatBalance"] is is_on


@pytest.mark.parametrize("name", ["productName", "emailChannels", "aliasLabel", "objectsPerRequest", "revenueMode"])
def test_emptied_field_has_its_default_again(name):
    filled = form(**{name: ""})

    assert filled.is_valid()
    assert filled.cleaned_data[name] == form().fields[name].initial


@pytest.mark.parametrize(
    "changes",
    [
        {"events": ["WEATHER_CHANGED"]},
        {"attributes": ["shoe_size"]},
        {"revenueMode": "gifts"},
        {"productIdMode": "none"},
        {"missingOptin": "unsubscribed"},
        {"identifierValue": "email"},
        {"objectsPerRequest": "4"},
        {"objectsPerRequest": "76"},
        {"objectsPerRequest": "many"},
        {"productName": "x" * 256},
        {"rename": "convercus_balance"},
        {"propertyMode": "some"},
        {"propertyRename": "shoe_size = email"},
        {"propertyRename": "shoe_size = tier", "rename": "convercus_status_level = tier"},
    ],
)
def test_value_that_cannot_be_is_refused(changes):
    assert set(form(**changes).errors) == {next(iter(changes))}


def test_email_channels_are_put_one_a_line():
    filled = form(emailChannels=" newsletter, email consent\n\nnewsletter\r\nPost ")

    assert filled.is_valid()
    assert filled.cleaned_data["emailChannels"] == "newsletter\nemail consent\nPost"


@pytest.mark.parametrize(("value", "count"), [("account_id", 0), ("external_code", 0), ("user_id", 1)])
def test_user_id_warns_that_accounts_share_a_profile(value, count):
    filled = form(identifierValue=value)

    assert filled.is_valid()
    assert len(filled.warnings) == count


def test_every_field_stands_in_one_group():
    names = [name for group in BrazeForm.groups for name in group.names]

    assert sorted(names) == sorted(form().fields)
