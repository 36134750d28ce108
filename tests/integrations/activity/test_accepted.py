"""The list that the card's number of accepted events leads to."""

import re
from html import unescape

import pytest

from tests.factories.events import balance_event
from tests.integrations.delivery.sending import deliver, send

pytestmark = pytest.mark.django_db(transaction=True)


def test_accepted_leads_to_as_many_as_it_says(admin, address, program, connection, braze):
    send(program, balance_event("a-1"), balance_event("a-2"))
    deliver(program)
    send(program, balance_event("a-3"))

    card = admin.get(address).text
    (found,) = re.findall(r"<dt>Accepted</dt><dd>\s*<a href=\"([^\"]+)\"[^>]*>3\b", card)
    page = admin.get(unescape(found)).text

    assert "3 events were accepted; 2 have ended and are listed here." in page
    assert f'{address}/dead-letters?state=waiting">1 waits</a>' in page
    assert page.count('<td class="shrink"') == 2


def test_nothing_accepted_leads_nowhere(admin, address, connection):
    assert not re.search(r"<dt>Accepted</dt><dd>\s*<a", admin.get(address).text)
