"""An installation as it is deployed: the framework's own checks, and the headers that browsers are told."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from tests.factories.connection import key_for
from tests.factories.engine import AccountFactory, ProgramFactory

CLONE = Path(__file__).resolve().parents[2]
PAGE = {
    "Content-Security-Policy": (
        "base-uri 'self'; default-src 'self'; form-action 'self'; frame-ancestors 'none'; img-src 'self' data:; "
        "object-src 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
    "Cache-Control": "no-store, private",
}
DOOR = PAGE | {"Content-Security-Policy": "default-src 'none'"}


@pytest.mark.slow
def test_s26_deployment_check_finds_nothing():
    production = {"DEBUG": "", "PUBLIC_URL": "https://club.example.org", "ALLOWED_HOSTS": "club.example.org"}

    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=CLONE,
        env=os.environ | production,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )

    assert done.returncode == 0, done.stderr


@pytest.fixture
def behind_https(settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    return Client()


def told(answer, expected):
    found = {name: answer.headers.get(name, "") for name in expected}
    parts = sorted(found["Content-Security-Policy"].split("; "))
    # Django's own pages say the same with more words.
    found["Cache-Control"] = ", ".join(word for word in ("no-store", "private") if word in found["Cache-Control"])
    return found | {"Content-Security-Policy": "; ".join(parts)}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/sign-in", "/no/where", "/operator/login/"])
def test_s27_headers_of_a_page(behind_https, path):
    answer = behind_https.get(path, secure=True)

    assert told(answer, PAGE) == PAGE
    assert "unsafe-inline" not in str(answer.headers)


@pytest.mark.django_db
def test_s27_headers_of_a_door(behind_https):
    program = ProgramFactory(code="club")
    account = AccountFactory(program=program)
    key = key_for(program)

    for headers, status in (({"X-Convercus-Key": key}, 200), ({"X-Convercus-Key": "cvc_typo"}, 401)):
        answer = behind_https.get(f"/v1/programs/club/members/{account.id}/profile", headers=headers, secure=True)
        assert (answer.status_code, told(answer, DOOR)) == (status, DOOR)
        assert not answer.cookies
        assert "Server" not in answer.headers
