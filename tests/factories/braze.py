"""Configurations of Braze, and what events become under them."""

import orjson

from integrations.braze.config import BrazeConfig, Identifier
from integrations.braze.mapping.mapper import BrazeMapper
from integrations.braze.sender import request_body
from integrations.spec import Mapped
from selfservice.secrets.secret import Secret


def braze_config(**changes):
    fields = {
        "api_key": Secret("k"),
        "endpoint": "https://rest.fra-01.braze.eu",
        "identifier": Identifier.EXTERNAL_ID,
        "currency": "CHF",
        "default_optins": ("newsletter",),
    }
    return BrazeConfig(**fields | changes)


def mapped(event, **changes):
    return BrazeMapper(braze_config(**changes)).map_event(event)


def all_records(mapper, result):
    """What Braze gets when the event is sent alone, attributes first."""
    records = list(result.records)
    return [mapper.attributes_record(result.profile, result.attributes), *records] if result.attributes else records


def request_of(event, **changes):
    """The request body of one event alone, decoded; {} when the event is filtered."""
    mapper = BrazeMapper(braze_config(**changes))
    result = mapper.map_event(event)
    if not isinstance(result, Mapped):
        return {}
    return orjson.loads(request_body(all_records(mapper, result)))


def attributes_of(event, **changes):
    return mapped(event, **changes).attributes


def properties_of(event, **changes):
    return request_of(event, **changes)["events"][0]["properties"]
