"""The page of snippets: the program's own addresses, and no key in any of them."""

import html
import re

import pytest

from selfservice.programs.models import Role
from tests.factories.connection import connect_braze, key_for
from tests.factories.engine import ProgramFactory
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db
ADDRESS = "/programs/club/integrations/braze/snippets"


@pytest.fixture
def program():
    return ProgramFactory(code="club")


@pytest.fixture
def viewer(client, program):
    return sign_in(client, person(program=program, role=Role.VIEWER))


def text_of(page):
    return html.unescape(page.text)


def test_page_has_the_programs_addresses(viewer):
    found = text_of(viewer.get(ADDRESS))

    assert "http://testserver/v1/programs/club/campaigns/COUPON_ID/assign" in found
    assert "custom_attribute.${convercus_account_id}" in found
    assert ":cache_max_age 300" in found
    assert ":no_cache" in found


def test_page_follows_the_connections_identifier(viewer, program):
    connect_braze(program, identifierType="external_id")

    found = text_of(viewer.get(ADDRESS))

    assert "/members/{{${user_id} | url_param_escape}}/bookings" in found
    assert "convercus_account_id" not in found


def test_page_takes_the_public_address(viewer, settings):
    settings.PUBLIC_URL = "https://club.example.org"

    assert "https://club.example.org/v1/programs/club/" in text_of(viewer.get(ADDRESS))


@pytest.mark.parametrize(("address", "is_warned"), [("https://club.example.org", False), ("http://10.0.0.7", True)])
def test_page_warns_of_an_address_that_nobody_outside_can_call(viewer, settings, address, is_warned):
    settings.PUBLIC_URL = address

    assert ("Set PUBLIC_URL to such an address" in text_of(viewer.get(ADDRESS))) == is_warned


def test_s39_no_address_on_the_page_carries_a_key(viewer, program):
    raw = key_for(program)
    found = text_of(viewer.get(ADDRESS))

    assert raw not in found
    for address in re.findall(r"https?://[^\s\"<]+", found):
        assert not re.search(r"cvc_|[?&][^=]*key", address, re.IGNORECASE)


def test_page_is_german_for_germans(viewer):
    found = text_of(viewer.get(ADDRESS, headers={"Accept-Language": "de"}))

    assert "Textbausteine für Braze" in found
    assert "du hast {{member.points_balance}} Punkte" in found


def test_page_of_an_unknown_kind_is_404(viewer):
    assert viewer.get("/programs/club/integrations/pigeon/snippets").status_code == 404


def test_card_leads_to_the_page(viewer):
    assert f'href="{ADDRESS}"' in viewer.get("/programs/club/integrations/braze").text


def test_each_text_says_what_its_key_must_be_allowed_to(viewer):
    found = viewer.get(ADDRESS).text

    assert found.count('<span class="tag">Assign coupons</span>') == 2
    assert found.count('<span class="tag">Read member profiles</span>') == 2
    assert '<span class="tag">Set opt-ins</span>' in found
