"""The running product, as one who reads its description meets it."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core import signals
from django.db import close_old_connections, transaction
from rest_framework.serializers import BooleanField
from schemathesis.config import SchemathesisConfig

from loyalty_api.api.description import DOCUMENT
from selfservice.apidocs.documents import document_of
from selfservice.wsgi import application
from tests.loyalty_api.described.world import KNOWN

BOOLEANS = [value for value in BooleanField.TRUE_VALUES | BooleanField.FALSE_VALUES if isinstance(value, str)]


def product(environ: Any, start_response: Any) -> Any:
    """A call that is refused leaves nothing behind, also where the test's own transaction surrounds it."""
    seen: list[str] = []

    def note(status: str, headers: Any, *rest: Any) -> Any:
        seen.append(status)
        return start_response(status, headers, *rest)

    place = transaction.savepoint()
    body = [b"".join(application(environ, note))]
    if seen[0].startswith("2"):
        transaction.savepoint_commit(place)
    else:
        transaction.savepoint_rollback(place)
    return body


@contextmanager
def connection_kept() -> Iterator[None]:
    """A call would close the connection at its end, and the test's own transaction with it."""
    moments = (signals.request_started, signals.request_finished)
    for moment in moments:
        moment.disconnect(close_old_connections)
    yield
    for moment in moments:
        moment.connect(close_old_connections)


def document() -> dict[str, Any]:
    """The document, with what the world holds as likely values, and loosely typed bodies."""
    made = copy.deepcopy(document_of(DOCUMENT))
    for operations in made["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = _likely(parameter["name"], parameter["schema"])
    for name, schema in made["components"]["schemas"].items():
        if name.endswith("Request"):
            schema["properties"] = {key: _likely(key, _loose(value)) for key, value in schema["properties"].items()}
    return made


def _likely(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [{"enum": KNOWN[name]}, schema]} if name in KNOWN else schema


def _loose(schema: dict[str, Any]) -> dict[str, Any]:
    """The platform's own pages print phone numbers and zip codes now as texts, now as numbers, and templates render
    every number as a text. So a number is read where a text is due, and a text where a number or a flag is; that is
    left out of the description, which says what to send.
    """
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "enum" in schema:
        return schema
    if "string" in kinds:
        return schema | {"type": [*kinds, "number"]}
    if "boolean" in kinds:
        return {"anyOf": [schema, {"enum": [*BOOLEANS]}]}
    if {"integer", "number"} & set(kinds):
        return {"anyOf": [schema, {"type": "string", "pattern": r"^ *-?[0-9]+(\.[0-9]*)? *$"}]}
    return schema


def config(examples: int) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "generation": {"deterministic": True, "max-examples": examples, "allow-x00": False},
            "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "400", "401", "404", "409", "429"]}},
        }
    )
