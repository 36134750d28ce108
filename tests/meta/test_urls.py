"""No address answers anybody who is neither signed in nor has a key. Found by walking all patterns, so that a new
address is swept on the day it appears."""

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern

from selfservice.accounts.models import User
from tests.factories.engine import ProgramFactory

pytestmark = pytest.mark.django_db
SAMPLES = {"uuid": "5f0f9a3e-0c59-4a3b-8f7e-0d9a6f2f1a11", "int": "1"}
CODE = "swept-club"
# Open on purpose, with what they answer to anybody: GET and POST.
OPEN = {
    "/": (302, 302),
    "/health/live": (200, 405),
    "/health/ready": (503, 405),
    # Images of coupons; no image is called so.
    "/images/x": (404, 405),
    "/language": (302, 302),
    # To callers on this machine; tests/selfservice/watch/test_metrics.py has the others.
    "/metrics": (200, 200),
    "/sign-in": (200, 200),
    "/sign-in/code": (302, 302),
    "/sign-in/forgotten": (200, 422),
    "/sign-in/link/x": (410, 410),
    "/sign-in/invitation/x": (410, 410),
    "/alerts/confirm/x": (410, 410),
    "/alerts/stop/x": (410, 410),
    "/sign-out": (405, 302),
    "/operator": (302, 302),
    "/operator/login/": (302, 302),
    "/operator/logout/": (302, 302),
    "/loyalty/auth/login": (405, 415),
    "/loyalty": (404, 404),
    "/loyalty/anything": (404, 404),
    "/loyalty/openapi.json": (200, 405),
    "/loyalty/openapi.yaml": (200, 405),
    "/loyalty/docs": (200, 405),
    "/v1/openapi.json": (200, 405),
    "/v1/openapi.yaml": (200, 405),
    "/v1/docs": (200, 405),
    "/v1/anything": (404, 404),
    f"/v1/programs/{CODE}/anything": (404, 404),
}


def all_paths():
    """A concrete address for each pattern, of a program that exists."""
    return sorted({f"/{path}" for path in _paths(get_resolver(), "")})


def _paths(resolver, prefix):
    for entry in resolver.url_patterns:
        path = prefix + _sample(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _paths(entry, path)
        else:
            assert isinstance(entry, URLPattern)
            yield path


def _sample(pattern):
    if isinstance(pattern, RegexPattern):
        return "anything"
    assert isinstance(pattern, RoutePattern)
    text = pattern._route
    for name, converter in pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        value = CODE if name in {"program", "code"} else SAMPLES.get(kind, "x")
        for placeholder in (f"<{name}>", f"<{kind}:{name}>", f"<str:{name}>"):
            text = text.replace(placeholder, value)
    assert "<" not in text, f"no sample for {pattern._route}"
    return text


def is_closed(answer):
    location = answer.headers.get("Location", "")
    return answer.status_code == 401 or (
        answer.status_code == 302 and location.startswith(("/sign-in?next=", "/operator/login/?next="))
    )


@pytest.fixture
def swept_program():
    return ProgramFactory(code=CODE)


def test_no_address_answers_a_stranger(swept_program):
    paths = all_paths()
    client = Client()
    answered = [
        (method, path)
        for path in paths
        if path not in OPEN
        for method in ("GET", "POST", "PUT", "DELETE")
        if not is_closed(client.generic(method, path))
    ]

    assert len(paths) > 50
    assert answered == []


def test_open_addresses_are_exactly_these(swept_program):
    client = Client()

    answers = {path: (client.get(path).status_code, client.post(path).status_code) for path in OPEN}

    assert answers == OPEN
    assert set(OPEN) <= set(all_paths())


def test_person_without_a_role_finds_no_page_of_a_program(swept_program):
    client = Client()
    client.force_login(User.objects.create(email="nobody@example.org"))
    paths = [path for path in all_paths() if path.startswith(f"/programs/{CODE}")]

    answers = {(method, path): client.generic(method, path).status_code for path in paths for method in ("GET", "POST")}

    assert len(paths) >= 3
    assert set(answers.values()) <= {404, 405}
    assert all(status == 404 for (method, _path), status in answers.items() if method == "POST" and status != 405)


def test_person_without_rights_does_not_reach_the_operators_pages():
    client = Client()
    client.force_login(User.objects.create(email="nobody@example.org"))
    paths = [path for path in all_paths() if path.startswith("/operator/") and path not in OPEN]

    assert paths
    assert all(client.get(path).status_code in {302, 403, 404} for path in paths)
