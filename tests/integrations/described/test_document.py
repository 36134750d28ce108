"""The document of the doors: sound, complete, and with examples that fit and work."""

import json
import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, get_resolver
from jsonschema import Draft202012Validator

from integrations.inbound.content_doors import ContentDoor
from integrations.inbound.description import DOCUMENT
from integrations.inbound.doors import Door
from integrations.keys.authentication import HEADER
from selfservice.apidocs.documents import document_of

DOORS = "v1/programs/<str:program>/"


@pytest.fixture(scope="module")
def document():
    return document_of(DOCUMENT)


def routes(resolver, prefix=""):
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield path, getattr(entry.callback, "cls", None)
        else:
            yield from routes(entry, path)


def doors():
    """Path, as the document spells it, and view of each door that the product has."""
    names = {"program": "programId", "coupon_id": "couponId", "account_id": "accountId", "batch_id": "batchId"}
    for path, view in routes(get_resolver()):
        if isinstance(view, type) and issubclass(view, Door):
            spelled = "/" + path.removeprefix("v1/")
            for name, outside in names.items():
                spelled = re.sub(rf"<\w+:{name}>", f"{{{outside}}}", spelled)
            yield spelled, view


def described_operations(document):
    return [(path, method, found) for path, item in document["paths"].items() for method, found in item.items()]


def test_spectacular_finds_nothing_to_complain_of():
    out = StringIO()

    call_command("spectacular", "--urlconf", "integrations.urls", "--validate", "--fail-on-warn", stdout=out)

    assert out.getvalue().startswith("openapi: 3.1.0")


def test_s29_description_names_exactly_the_calls_that_there_are(document):
    expected = {
        (path, method.lower()) for path, view in doors() for method in {"GET", "POST"} & set(view().allowed_methods)
    }

    assert {(path, method) for path, method, _found in described_operations(document)} == expected
    assert len(expected) == 9


def test_s29_every_address_below_a_program_is_a_door_or_404(document):
    below = [view for path, view in routes(get_resolver()) if path.startswith(DOORS)]

    assert {view.__name__ for view in below if not issubclass(view, Door)} == {"UnknownDoor"}


def test_document_is_served_to_all():
    answer = Client().get("/v1/openapi.json")

    assert answer.status_code == 200
    assert answer.json()["openapi"] == "3.1.0"
    assert "Doors" in Client().get("/v1/docs").content.decode()
    assert Client().get("/v1/openapi.yaml").content.startswith(b"openapi: 3.1.0")


def test_every_operation_says_what_it_needs_and_answers(document):
    views = dict(doors())
    for path, _method, found in described_operations(document):
        answers = found["responses"]
        assert found["summary"]
        assert found["security"] == [{"convercusKey": []}]
        assert {"401", "403", "503"} <= set(answers), path
        assert ("requestBody" in found) == ("400" in answers)
        assert issubclass(views[path], ContentDoor) == ("500" not in answers)


def test_key_is_a_header_and_never_part_of_an_address(document):
    scheme = document["components"]["securitySchemes"]["convercusKey"]

    assert (scheme["in"], scheme["name"]) == ("header", HEADER)
    names = {entry["name"] for _path, _method, found in described_operations(document) for entry in found["parameters"]}
    assert not {name for name in names if "key" in name.lower()} - {"Idempotency-Key"}


def test_examples_fit(document):
    components = document["components"]
    with_example = {name: schema for name, schema in components["schemas"].items() if "examples" in schema}

    for name, schema in with_example.items():
        validator = Draft202012Validator({**schema, "components": components})
        problems = [error.message for error in validator.iter_errors(schema["examples"][0])]
        assert (name, problems) == (name, [])
    assert len(with_example) >= 14


def test_every_body_and_answer_has_an_example(document):
    named = set()
    for _path, _method, found in described_operations(document):
        contents = [
            found.get("requestBody", {}),
            *(each for status, each in found["responses"].items() if status < "3"),
        ]
        for content in contents:
            text = json.dumps(content.get("content", {}))
            named |= {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    lists = {"Coupons", "Ledger"}  # of which the entries have one

    missing = {name for name in named - lists if "examples" not in document["components"]["schemas"][name]}
    assert missing == set()
