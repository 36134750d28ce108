"""The running product, as one who reads its description meets it."""

import copy
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import schemathesis
from django.core import signals
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from rest_framework.serializers import BooleanField
from schemathesis import APIOperation, AuthContext, Case, GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.drivers import CoverageGenerator, ExamplesGenerator
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.generation.overrides import Override
from schemathesis.specs.openapi.checks import ignored_auth
from schemathesis.specs.openapi.schemas import OpenApiSchema
from schemathesis.specs.openapi.stateful import OpenAPIStateMachine

from loyalty_api.api.description import DOCUMENT
from selfservice.apidocs.documents import document_of
from selfservice.wsgi import application
from tests.loyalty_api.described import world

# Made-up calls per operation; more for a long search.
EXAMPLES = int(os.environ.get("CONFORMANCE_EXAMPLES", "3"))
# Of the calls that walk through each part of an operation's description, hundreds where a body has many fields.
STEPS = 10 * EXAMPLES
# Another one makes up other calls.
SEED = int(os.environ.get("CONFORMANCE_SEED", "1"))
SEARCH = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
MODES = list(GenerationMode)
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
        connection.check_constraints()
        transaction.savepoint_commit(place)
    else:
        transaction.savepoint_rollback(place)
    return body


@contextmanager
def world_restored() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


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
            loose = loosely_typed(schema)["properties"]
            schema["properties"] = {key: _likely(key, value) for key, value in loose.items()}
    return made


def _likely(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [{"enum": world.KNOWN[name]}, schema]} if name in world.KNOWN else schema


def loosely_typed(schema: dict[str, Any]) -> dict[str, Any]:
    """The platform's own pages print phone numbers and zip codes now as texts, now as numbers, and templates render
    every number as a text. So a number is read where a text is due, and a text where a number or a flag is; that is
    left out of the description, which says what to send.
    """
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "items" in schema:
        return schema | {"items": loosely_typed(schema["items"])}
    if "anyOf" in schema:
        return schema | {"anyOf": [loosely_typed(part) for part in schema["anyOf"]]}
    if "properties" in schema:
        return schema | {"properties": {name: loosely_typed(part) for name, part in schema["properties"].items()}}
    if "enum" in schema:
        return schema
    if "string" in kinds:
        return schema | {"type": [*kinds, "number"]}
    if "boolean" in kinds:
        return {"anyOf": [schema, {"enum": [0, 1, *BOOLEANS]}]}
    if {"integer", "number"} & set(kinds):
        return {"anyOf": [schema, {"type": "string", "pattern": r"^ *-?[0-9]+(\.[0-9]*)? *$"}]}
    return schema


class Token:
    """Signs each call in, but those that the checks make to see a stranger refused."""

    def get(self, _case: Case, _context: AuthContext) -> str:
        return world.token()

    def set(self, case: Case, data: str, _context: AuthContext) -> None:
        case.headers["Authorization"] = data


@dataclass(frozen=True, slots=True)
class Walk:
    """One operation under test. Each call meets the world as it was built, whatever the calls before it did."""

    operation: APIOperation
    statuses: list[int] = field(default_factory=list)

    def take(self) -> None:
        """The examples of the document, some steps through its description, more till one is good, made-up calls."""
        given: dict[str, Any] = {"operation": self.operation, "override": Override(), "feedback": NO_FEEDBACK}
        for case in ExamplesGenerator(**given, fill_missing=False):
            self.validate(case)
        config = self.operation.schema.config.generation_for(operation=self.operation, phase="coverage")
        steps = list(CoverageGenerator(**given, generation_modes=MODES, generation_config=config, auth_storage=None))
        stride = 1 + len(steps) // STEPS
        chosen = range(SEED % stride, len(steps), stride)
        for number, case in enumerate(steps):
            if number in chosen:
                self.validate(case)
        for case in steps:
            if self.has_good_answer:
                break
            self.validate(case)
        self._search()

    def _search(self) -> None:
        """Made-up calls, good and bad ones."""
        likely = st.one_of([self.operation.as_strategy(generation_mode=mode) for mode in MODES])
        seed(SEED)(SEARCH(given(case=likely)(self.validate)))()

    def validate(self, case: Case) -> None:
        """All checks of the library. That a stranger is refused takes calls of its own, so one good answer will do."""
        excluded = [ignored_auth] if self.has_good_answer else []
        with world_restored():
            self.statuses.append(case.call_and_validate(excluded_checks=excluded).status_code)

    @property
    def has_good_answer(self) -> bool:
        return any(200 <= status < 300 for status in self.statuses)


def stories() -> type[OpenAPIStateMachine]:
    """One call's answer gives the next one its ids, as far as names and `Location` tell which."""
    return loaded().as_state_machine()


@cache
def operations() -> dict[str, APIOperation]:
    return {found.ok().label: found.ok() for found in loaded().get_all_operations()}


@cache
def loaded() -> OpenApiSchema:
    # A valid body may still be against a rule of the program, which is a 400 with the rule's code.
    accepted = {"expected-statuses": ["2xx", "400", "401", "404", "409", "429"]}
    config = SchemathesisConfig.from_dict(
        {"generation": {"allow-x00": False}, "checks": {"positive_data_acceptance": accepted}}
    )
    made = schemathesis.openapi.from_dict(document(), config=config)
    made.app = product
    made.auth(refresh_interval=None)(Token)
    load_all_checks()
    return made
