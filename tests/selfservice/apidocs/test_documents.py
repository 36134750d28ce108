import json

import pytest
from django.test import Client


@pytest.fixture
def caller():
    return Client()


def test_document_is_served_to_anybody(caller):
    answer = caller.get("/loyalty/openapi.json")

    made = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert made["openapi"] == "3.1.0"
    assert made["servers"] == [{"url": "/loyalty"}]
    assert "/accounts/{accountId}" in made["paths"]


def test_document_is_not_sent_twice(caller):
    first = caller.get("/loyalty/openapi.json")

    again = caller.get("/loyalty/openapi.json", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


def test_document_as_yaml(caller):
    answer = caller.get("/loyalty/openapi.yaml")

    assert answer["Content-Type"] == "application/yaml"
    assert answer.content.startswith(b"openapi: 3.1.0")


def test_document_is_in_english_for_all(caller):
    first = caller.get("/loyalty/openapi.json", headers={"Accept-Language": "de"})

    assert json.loads(first.content)["info"]["title"] == "Loyalty API"


def test_viewer_asks_nobody_else(caller):
    answer = caller.get("/loyalty/docs")

    text = answer.content.decode()
    assert answer.status_code == 200
    assert "http" not in text
    assert "<script>" not in text
    assert "style=" not in text


@pytest.mark.parametrize("path", ["openapi.json", "openapi.yaml", "docs"])
def test_description_is_only_read(caller, path):
    assert caller.post(f"/loyalty/{path}").status_code == 405
