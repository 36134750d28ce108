"""Who reads what, in which language, and how one gets there."""

import pytest

from tests.factories.engine import ProgramFactory
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    program = ProgramFactory(code="club")
    sign_in(client, person(program=program))
    return client


@pytest.fixture
def operator(client):
    sign_in(client, person(is_operator=True))
    return client


def test_strangers_sign_in_first(client):
    assert client.get("/guide").headers["Location"].startswith("/sign-in?next=/guide")


def test_guide_is_read_in_ones_own_language(reader):
    english = reader.get("/guide", headers={"Accept-Language": "en"})
    german = reader.get("/guide", headers={"Accept-Language": "de"})

    assert '<h1 lang="en">Guide for program managers</h1>' in english.text
    assert '<h1 lang="de">Anleitung für Programmverantwortliche</h1>' in german.text


def test_the_address_may_name_the_language(reader):
    page = reader.get("/guide?in=de", headers={"Accept-Language": "en"})

    assert 'lang="de">Anleitung' in page.text
    assert reader.get("/guide?in=xx").status_code == 200


def test_choosing_a_language_of_pages_chooses_that_of_the_document(reader):
    page = reader.get("/guide?in=de", headers={"Accept-Language": "en"})

    assert '<input type="hidden" name="next" value="/guide">' in page.text


@pytest.mark.parametrize("name", ["operators", "deploy", "changelog", "no-such", "../README", "integrations"])
def test_what_operators_read_is_not_there_for_others(reader, name):
    assert reader.get(f"/guide/{name}").status_code == 404


def test_operators_read_everything(operator):
    page = operator.get("/guide/operators").text

    assert 'href="/guide/deploy#install"' in page
    assert 'href="/guide" >For program managers' in page
    assert operator.get("/guide/deploy").status_code == 200


def test_a_document_of_one_language_says_which(operator):
    page = operator.get("/guide/deploy", headers={"Accept-Language": "de"}).text

    assert '<html lang="de"' in page
    assert '<article class="panel guide-text" lang="en">' in page


def test_fields_of_braze_are_for_everybody(reader):
    assert reader.get("/guide/integrations/braze").status_code == 200


def test_pictures_are_served(reader):
    address = "/static/guide/overview-en.png"

    assert address in reader.get("/guide", headers={"Accept-Language": "en"}).text
    picture = reader.get(address)
    assert picture.headers["Content-Type"] == "image/png"
    assert b"".join(picture.streaming_content).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/programs", "/guide#programs"),
        ("/programs/club/coupons/new", "/guide#coupon-editor"),
        ("/programs/club/integrations/braze/dead-letters", "/guide#dead-letters"),
        ("/guide", "/guide"),
    ],
)
def test_each_page_leads_to_its_part_of_the_guide(operator, path, address):
    ProgramFactory(code="club")

    assert f'class="help-link" href="{address}"' in operator.get(path).text


def test_operators_pages_lead_to_their_guide(operator):
    assert '<a href="/guide/operators">' in operator.get("/operator/").text
