"""Addresses of an integration's pages."""

from integrations.frame.places import Place, address_of
from integrations.registry import all_specs
from selfservice.programs.models import Program


def test_address_with_a_query():
    place = Place(Program(code="club"), all_specs()["braze"], None)

    assert address_of("cards:connection", place, q="a b&c") == "/programs/club/integrations/braze/connection?q=a+b%26c"


def test_address_with_the_other_parts_of_its_path_and_a_place_on_the_page():
    place = Place(Program(code="club"), all_specs()["braze"], None)

    address = address_of("activity:call", place, {"day": 20261121, "pk": 7}, anchor="#sent")

    assert address == "/programs/club/integrations/braze/activity/calls/20261121/7#sent"
