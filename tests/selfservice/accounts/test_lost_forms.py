"""Who sends a form after the session has ended is told that it was in vain."""

import pytest
from django.test import Client

from tests.factories.engine import ProgramFactory
from tests.factories.people import PASSWORD, person

pytestmark = pytest.mark.django_db
ADDRESS = "/programs/club/integrations/braze/connection"
ON_THE_WAY = "You were signed out meanwhile."
ON_THE_PAGE = "You were signed out. What you sent last was not saved."


@pytest.fixture
def admin():
    return person(program=ProgramFactory(code="club"))


def entering(client, admin, way_in):
    return client.post(way_in, {"username": admin.email, "password": PASSWORD}, follow=True)


def test_form_of_somebody_signed_out_is_said_to_be_lost(admin):
    client = Client()

    way_in = client.post(ADDRESS, {"apiEndpoint": "https://rest.fra-01.braze.eu"}).url
    asked = client.get(way_in)
    page = entering(client, admin, way_in)

    assert ON_THE_WAY in asked.text
    assert page.redirect_chain[-1][0] == ADDRESS
    assert ON_THE_PAGE in page.text
    assert ON_THE_PAGE not in client.get(ADDRESS).text, "it is said once"


def test_looking_at_a_page_loses_nothing(admin):
    client = Client()

    way_in = client.get(ADDRESS).url
    asked = client.get(way_in)
    page = entering(client, admin, way_in)

    assert ON_THE_WAY not in asked.text
    assert ON_THE_PAGE not in page.text


def test_signing_out_twice_loses_nothing():
    page = Client().post("/sign-out", follow=True)

    assert page.redirect_chain
    assert ON_THE_WAY not in page.text
