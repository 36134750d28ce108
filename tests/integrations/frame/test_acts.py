"""Whoever looks at an address that only acts gets the page it belongs to."""

import pytest

from tests.factories.engine import ProgramFactory
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db
CARD = "/programs/club/integrations/braze"


@pytest.mark.parametrize(
    ("act", "page"),
    [
        ("/pause", "/connection"),
        ("/resume", ""),
        ("/test", "/connection"),
        ("/test/member", "/connection"),
        ("/mapping/effect", "/mapping"),
        ("/activity/export", "/activity"),
        ("/activity/calls/20260301/7/reveal", "/activity/calls/20260301/7"),
        ("/dead-letters/20260301-7/again", "/dead-letters/20260301-7"),
        ("/replays/7/change", "/replays/7"),
    ],
)
def test_looking_at_an_act_leads_to_its_page(client, act, page):
    sign_in(client, person(program=ProgramFactory(code="club")))

    assert client.get(CARD + act).url == CARD + page
    assert client.head(CARD + act).url == CARD + page
    assert client.put(CARD + act).status_code == 405
