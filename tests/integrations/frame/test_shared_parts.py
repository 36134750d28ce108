"""What pages of an integration share: the way back, and what they say before there is a connection."""

import pytest

from selfservice.programs.models import Role
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db
CARD = "/programs/club/integrations/braze"


@pytest.fixture
def program():
    return ProgramFactory(code="club")


@pytest.fixture
def viewer(client, program):
    return sign_in(client, person(program=program, role=Role.VIEWER))


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/dead-letters/list", "/dead-letters?state=dead"),
        ("/replays", "/dead-letters"),
        ("/replays/new", "/dead-letters?state=dead"),
        ("/resync", "/dead-letters"),
        ("/connection/history", "/connection"),
        ("/members/a-1", "/activity"),
        ("/mapping/events/BALANCE_CHANGED", "/mapping#events"),
    ],
)
def test_page_below_a_list_leads_back_on_top_and_in_the_trail(viewer, program, path, address):
    connect_braze(program)

    page = viewer.get(CARD + path).text

    top = page[page.index('class="back"') :]
    trail = page[page.index('class="trail"') : page.index('class="page-head"')]
    assert top.startswith(f'class="back"><a href="{CARD}{address}"')
    assert f'<a href="{CARD}{address.partition("?")[0].partition("#")[0]}"' in trail


@pytest.mark.parametrize("path", ["/dead-letters", "/dead-letters/list", "/replays", "/replays/new", "/resync"])
def test_page_teaches_before_there_is_a_connection(viewer, path):
    page = viewer.get(CARD + path)

    assert page.status_code == 200
    assert "Not connected yet" in page.text


def test_log_says_when_what_is_old_is_removed_in_the_programs_time(viewer, program):
    program.timezone = "Asia/Kolkata"
    program.save()

    page = viewer.get(f"{CARD}/activity").text

    assert "are removed in the night after, from 08:10 on" in page
