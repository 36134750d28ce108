"""What is sent compressed, and that it is the same."""

import gzip
from contextlib import closing
from pathlib import Path

import pytest
from django.test import Client

from tests.factories.connection import key_for
from tests.factories.engine import AccountFactory, ProgramFactory

pytestmark = pytest.mark.django_db
STATIC = Path(__file__).resolve().parents[3] / "static"
GZIP = {"Accept-Encoding": "gzip, deflate, br"}
FILES = ["css/app.css", "js/app.js", "vendor/bootstrap-5.3.8/bootstrap.min.css", "vendor/htmx-2.0.11/htmx.min.js"]


def body(answer):
    with closing(answer):
        return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("name", FILES)
def test_file_is_sent_compressed_and_whole(client, name):
    answer = client.get(f"/static/{name}", headers=GZIP)

    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert gzip.decompress(body(answer)) == (STATIC / name).read_bytes()


@pytest.mark.parametrize("name", FILES)
def test_file_that_is_known_is_not_sent_again(client, name):
    first = client.get(f"/static/{name}", headers=GZIP)
    body(first)

    again = client.get(f"/static/{name}", headers=GZIP | {"If-None-Match": first["ETag"]})

    assert again.status_code == 304


def test_file_goes_as_it_is_to_who_wants_it_so(client):
    answer = client.get("/static/css/app.css")

    assert "Content-Encoding" not in answer.headers
    assert body(answer) == (STATIC / "css/app.css").read_bytes()


def test_page_is_compressed_and_no_length_tells_of_it(client):
    answers = [client.get("/sign-in", headers=GZIP) for _ in range(12)]

    assert {answer["Content-Encoding"] for answer in answers} == {"gzip"}
    assert len({len(answer.content) for answer in answers}) > 3
    assert b"Sign in" in gzip.decompress(answers[0].content)


def test_answer_to_a_call_is_not_compressed():
    program = ProgramFactory(code="club")
    account = AccountFactory(program=program)
    headers = GZIP | {"X-Convercus-Key": key_for(program)}

    answer = Client().get(f"/v1/programs/club/members/{account.id}/profile", headers=headers)

    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


def test_files_that_lie_there_compressed_are_the_same_files():
    found = sorted(STATIC.rglob("*.gz"))

    assert found
    for path in found:
        assert gzip.decompress(path.read_bytes()) == path.with_suffix("").read_bytes(), path.name
