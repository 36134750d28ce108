"""The document itself: sound, complete, and with examples that fit."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import get_resolver
from jsonschema import Draft202012Validator

from loyalty_api.api.base import LoyaltyView
from loyalty_api.api.description import DOCUMENT, ErrorAnswer
from loyalty_api.api.examples import EXAMPLES
from selfservice.apidocs.documents import document_of

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
def document():
    return document_of(DOCUMENT)


def described_operations(document):
    return [(path, method, found) for path, item in document["paths"].items() for method, found in item.items()]


def routes():
    """Path, as the document spells it, and view of each route of the API."""
    for entry in get_resolver("loyalty_api.api.urls").url_patterns:
        view = entry.callback.cls
        names = {name: view.path_names.get(name, camel_case(name)) for name in entry.pattern.converters}
        path = "/" + entry.pattern._route
        for name, outside in names.items():
            path = path.replace(f"<str:{name}>", f"{{{outside}}}").replace(f"<path:{name}>", f"{{{outside}}}")
        yield path, view


def camel_case(name):
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


def test_spectacular_finds_nothing_to_complain_of():
    out = StringIO()

    call_command("spectacular", "--urlconf", "loyalty_api.urls", "--validate", "--fail-on-warn", stdout=out)

    assert out.getvalue().startswith("openapi: 3.1.0")


def test_every_call_is_in_the_document(document):
    expected = {(path, method) for path, view in routes() for method in METHODS if method in allowed(view)}

    assert {(path, method) for path, method, _found in described_operations(document)} == expected
    assert len(expected) > 80


def allowed(view: type[LoyaltyView]) -> set[str]:
    return {method.lower() for method in view().allowed_methods}


def test_both_spellings_of_a_version_are_there(document):
    paths = set(document["paths"])

    for path in ("/accounts/{accountId}/bookings", "/accounts/{accountId}/accountcoupons"):
        assert {path, f"/v2{path}"} <= paths
    assert {"/accountdetails/{accountId}", "/v3/accountdetails/{accountId}"} <= paths


def test_every_operation_says_what_it_needs_and_answers(document):
    chapters = {tag["name"] for tag in document["tags"]}

    for path, method, found in described_operations(document):
        answers = found["responses"]
        headers = (
            {entry["name"] for entry in found["parameters"] if entry["in"] == "header"} if path != LOGIN else set()
        )
        assert found["summary"], path
        assert set(found["tags"]) <= chapters
        assert {"400", "401", "503"} <= set(answers), (path, method)
        assert ("id-type" in headers) == ("{accountId}" in path or (method, path) == PROMO_CODE)
        assert path == LOGIN or "interaction-id" in headers
        assert bool(found.get("security")) == (path != LOGIN)
        assert all("Location" in answers[status]["headers"] for status in answers if status == "201")


LOGIN, PROMO_CODE = "/auth/login", ("patch", "/v3/accountcoupons/{accountCouponId}")


def test_each_refusal_is_the_error_body(document):
    bodies = {
        json.dumps(answer["content"])
        for _path, _method, found in described_operations(document)
        for status, answer in found["responses"].items()
        if status >= "400"
    }

    assert bodies == {json.dumps({"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}})}
    assert set(document["components"]["schemas"]["Error"]["required"]) == set(ErrorAnswer.__annotations__)


def test_no_answer_is_left_open(document):
    """A map says what it maps to, and an object which fields it has; all of them are always there."""
    answers = {
        name: schema for name, schema in document["components"]["schemas"].items() if not name.endswith("Request")
    }

    for name, schema in answers.items():
        assert set(schema["required"]) == set(schema["properties"]), name
        for field, kind in schema["properties"].items():
            bare = kind.get("type") == "object" and "additionalProperties" not in kind
            assert not bare, (name, field)


@pytest.mark.parametrize("value", [None, "41", 41, 4.5, False, [41], {"left": 41}])
def test_a_property_may_have_any_value(document, value):
    validator = Draft202012Validator(document["components"]["schemas"]["PropertyRequest"])

    assert validator.is_valid({"name": "shoe size", "value": value})


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_example_fits(document, name):
    schema = document["components"]["schemas"][name]
    validator = Draft202012Validator({**schema, "components": document["components"]})

    assert schema["examples"] == [EXAMPLES[name]]
    assert [error.message for error in validator.iter_errors(EXAMPLES[name])] == []


def test_every_request_body_has_an_example(document):
    named = {
        found["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for _path, _method, found in described_operations(document)
        if "requestBody" in found
    }

    assert named - set(EXAMPLES) == set()
