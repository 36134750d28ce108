import pytest
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpResponse
from django.test import RequestFactory

from selfservice.middleware.pages import PagesBegin, PagesEnd


def pass_through(path, **headers):
    """The request as a view gets it."""
    seen = []

    def view(request):
        seen.append(request)
        return HttpResponse()

    PagesBegin(SessionMiddleware(AuthenticationMiddleware(PagesEnd(view))))(RequestFactory().get(path, headers=headers))
    return seen[0]


@pytest.mark.parametrize("headers", [{"Authorization": "token"}, {"X-Convercus-Key": "key"}])
@pytest.mark.parametrize("path", ["/loyalty/accounts", "/v1/programs/x/events"])
def test_call_has_no_session(path, headers):
    request = pass_through(path, **headers)

    assert not hasattr(request, "session")
    assert not hasattr(request, "user")


@pytest.mark.parametrize(
    ("path", "headers"), [("/programs", {"Authorization": "Basic of-a-proxy"}), ("/loyalty/docs", {})]
)
def test_page_has_a_session(path, headers):
    request = pass_through(path, **headers)

    assert hasattr(request, "session")
    assert hasattr(request, "user")
