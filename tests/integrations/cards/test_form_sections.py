"""The connection's form on the card: what is folded away, and what boxes and switches store."""

import re

import pytest

from integrations.connections.models import Connection
from selfservice.programs.models import Role
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db
ADDRESS = "/programs/club/integrations/braze/connection"
FIELDS = {
    "apiKey": "",
    "apiEndpoint": "https://rest.iad-01.braze.com",
    "identifierType": "external_id",
    "defaultOptins": ["newsletter"],
}


@pytest.fixture
def program():
    return ProgramFactory(code="club")


@pytest.fixture
def admin(client, program):
    connect_braze(program)
    sign_in(client, person(program=program, role=Role.ADMIN))
    return client


def stored():
    return Connection.objects.get(program__code="club").config


def folded(page):
    """The folded parts of the connection's form; the form for a new key has one of its own."""
    form = re.search(r'<form[^>]*id="connection.*?</form>|<section[^>]*id="connection".*?</section>', page, re.DOTALL)
    return re.findall(r'<details class="folded" >', form.group())


def test_sections_are_folded_until_something_in_them_is_wrong(admin):
    page = admin.get(ADDRESS).text
    assert len(folded(page)) == 1

    page = admin.post(ADDRESS, FIELDS | {"objectsPerRequest": "many"}).text

    assert len(re.findall(r'<details class="folded" open>\s*<summary>How it is sent', page)) == 1
    assert folded(page) == []


def test_what_is_sent_is_neither_shown_nor_changed_here(admin, program):
    connect_braze(program, events=["BALANCE_CHANGED"], rename="convercus_balance = balance", flatBalance="yes")
    page = admin.get(ADDRESS).text

    admin.post(ADDRESS, FIELDS | {"events": ["USER_CREATED"], "rename": "", "objectsPerRequest": "50"})

    assert 'name="events"' not in page
    assert 'name="rename"' not in page
    kept = {name: stored()[name] for name in ("events", "rename", "flatBalance", "objectsPerRequest")}
    assert kept == {
        "events": ["BALANCE_CHANGED"],
        "rename": "convercus_balance = balance",
        "flatBalance": True,
        "objectsPerRequest": 50,
    }


def test_switch_is_kept_and_shown(admin):
    admin.post(ADDRESS, FIELDS | {"updateExistingOnly": "on"})

    assert stored()["updateExistingOnly"] is True
    assert re.search(r'<input type="checkbox" name="updateExistingOnly"[^>]*checked', admin.get(ADDRESS).text)


def test_matching_by_user_id_warns(admin):
    page = admin.post(ADDRESS, FIELDS | {"identifierValue": "user_id"}, follow=True).text

    assert "several accounts of one person share one profile" in page


def test_others_read_switches_in_words(client, program):
    connect_braze(program, updateExistingOnly="yes")
    sign_in(client, person(program=program, role=Role.VIEWER))

    page = client.get(ADDRESS).text

    assert re.search(r"Only update profiles that exist</dt>\s*<dd>\s*yes", page)
    assert re.search(r"Resync in bulk</dt>\s*<dd>\s*no", page)
    assert "Custom events" not in page.partition("Latest changes")[0]
