"""What is read from a stored connection."""

import pytest

from integrations.braze.config import (
    BrazeConfig,
    Identifier,
    IdentifierValue,
    MissingOptin,
    ProductIdMode,
    RevenueMode,
    load_config,
    missing_fields,
    target,
)
from integrations.braze.form import BrazeForm
from integrations.spec import Configuration
from selfservice.secrets.secret import Secret
from tests.factories.braze import braze_config

BARE = {
    "apiKey": Secret("0123-4567"),
    "apiEndpoint": "https://rest.fra-01.braze.eu",
    "identifierType": "external_id",
    "defaultOptins": ["newsletter"],
}


def loaded(**fields):
    return load_config(Configuration(fields=BARE | fields, currency="EUR", optins=("newsletter",)))


def test_missing_fields_of_nothing_are_all():
    assert missing_fields({}) == ["apiKey", "apiEndpoint", "identifierType", "defaultOptins"]


def test_connection_older_than_the_settings_has_the_defaults():
    assert loaded() == BrazeConfig(
        api_key=Secret("0123-4567"),
        endpoint="https://rest.fra-01.braze.eu",
        identifier=Identifier.EXTERNAL_ID,
        currency="EUR",
        default_optins=("newsletter",),
    )
    assert "0123-4567" not in repr(loaded())


def test_what_the_form_stores_by_default_is_the_default():
    form = BrazeForm(BARE | {"apiKey": "0123-4567"}, optins=("newsletter",), has_secrets=frozenset())
    assert form.is_valid()

    assert loaded(**form.cleaned_data | {"apiKey": BARE["apiKey"]}) == loaded()


def test_every_setting_is_read():
    config = loaded(
        identifierValue="user_id",
        aliasLabel="club",
        updateExistingOnly=True,
        events=["BALANCE_CHANGED"],
        attributes=[],
        revenueMode="off",
        productIdMode="category",
        productName="Receipt",
        emailChannels="a\nb",
        missingOptin="leave_out",
        flatBalance=True,
        nextTier=True,
        expiringPoints=True,
        rename="convercus_balance = balance",
        objectsPerRequest=5,
        objectsPerArray=True,
        bulkResync=True,
    )

    assert config == braze_config(
        api_key=Secret("0123-4567"),
        currency="EUR",
        identifier_value=IdentifierValue.USER_ID,
        alias_label="club",
        is_update_only=True,
        events=frozenset({"BALANCE_CHANGED"}),
        attributes=frozenset(),
        revenue_mode=RevenueMode.OFF,
        product_id_mode=ProductIdMode.CATEGORY,
        product_name="Receipt",
        email_channels=("a", "b"),
        missing_optin=MissingOptin.LEAVE_OUT,
        has_flat_balance=True,
        has_next_tier=True,
        has_expiring_points=True,
        renames={"convercus_balance": "balance"},
        objects_per_request=5,
        is_per_array=True,
        has_bulk=True,
    )


@pytest.mark.parametrize(
    ("changes", "is_same"),
    [
        ({}, True),
        ({"objects_per_request": 5}, True),
        ({"alias_label": "other"}, True),
        ({"api_key": Secret("other")}, False),
        ({"endpoint": "https://rest.iad-01.braze.com"}, False),
        ({"identifier": Identifier.USER_ALIAS}, False),
        ({"identifier_value": IdentifierValue.USER_ID}, False),
        ({"is_update_only": True}, False),
    ],
)
def test_target_tells_where_the_profiles_live(changes, is_same):
    assert (target(braze_config(**changes)) == target(braze_config())) is is_same


def test_target_of_aliases_follows_their_label():
    alias = {"identifier": Identifier.USER_ALIAS}

    assert target(braze_config(**alias)) != target(braze_config(**alias, alias_label="other"))
