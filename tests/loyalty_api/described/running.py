"""The running product, as one who reads its description meets it."""

import copy
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import schemathesis
from django.core import signals
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, settings
from rest_framework.serializers import BooleanField
from schemathesis import AuthContext, Case
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.schemas import OpenApiSchema
from schemathesis.specs.openapi.stateful import OpenAPIStateMachine

from loyalty_api.api.description import DOCUMENT
from selfservice.apidocs.documents import document_of
from selfservice.wsgi import application
from tests.loyalty_api.described import world

# Made-up calls per operation, beside those that walk through each part of its description: more for a long search.
EXAMPLES = int(os.environ.get("CONFORMANCE_EXAMPLES", "5"))
SEARCH = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
BOOLEANS = sorted(value for value in BooleanField.TRUE_VALUES | BooleanField.FALSE_VALUES if isinstance(value, str))


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
            loose = _loose(schema)["properties"]
            schema["properties"] = {key: _likely(key, value) for key, value in loose.items()}
    return made


def _likely(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [{"enum": world.KNOWN[name]}, schema]} if name in world.KNOWN else schema


def _loose(schema: dict[str, Any]) -> dict[str, Any]:
    """The platform's own pages print phone numbers and zip codes now as texts, now as numbers, and templates render
    every number as a text. So a number is read where a text is due, and a text where a number or a flag is; that is
    left out of the description, which says what to send.
    """
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "items" in schema:
        return schema | {"items": _loose(schema["items"])}
    if "anyOf" in schema:
        return schema | {"anyOf": [_loose(part) for part in schema["anyOf"]]}
    if "properties" in schema:
        return schema | {"properties": {name: _loose(part) for name, part in schema["properties"].items()}}
    if "enum" in schema:
        return schema
    if "string" in kinds:
        return schema | {"type": [*kinds, "number"]}
    if "boolean" in kinds:
        return {"anyOf": [schema, {"enum": [0, 1, *BOOLEANS]}]}
    if {"integer", "number"} & set(kinds):
        return {"anyOf": [schema, {"type": "string", "pattern": r"^ *-?[0-9]+(\.[0-9]*)? *$"}]}
    return schema


def calls(*, to_accounts: bool) -> OpenApiSchema:
    """The operations of accounts, or all others: two halves, which run beside one another."""
    accounts = r"^(/v\d)?/accounts/"
    return _loaded().include(path_regex=accounts) if to_accounts else _loaded().exclude(path_regex=accounts)


class Token:
    """Signs each call in, but those that the checks make to see a stranger refused."""

    def get(self, _case: Case, _context: AuthContext) -> str:
        return world.token()

    def set(self, case: Case, data: str, _context: AuthContext) -> None:
        case.headers["Authorization"] = data


def validate(case: Case) -> None:
    """All checks of the library; none is left out."""
    case.call_and_validate()


def stories() -> type[OpenAPIStateMachine]:
    """One call's answer gives the next one its ids, as far as names and `Location` tell which."""
    return _loaded().as_state_machine()


def _loaded() -> OpenApiSchema:
    generation = {"deterministic": True, "max-examples": EXAMPLES, "allow-x00": False}
    # A valid body may still be against a rule of the program, which is a 400 with the rule's code.
    accepted = {"expected-statuses": ["2xx", "400", "401", "404", "409", "429"]}
    config = SchemathesisConfig.from_dict({"generation": generation, "checks": {"positive_data_acceptance": accepted}})
    loaded = schemathesis.openapi.from_dict(document(), config=config)
    loaded.app = product
    loaded.auth(refresh_interval=None)(Token)
    return loaded
