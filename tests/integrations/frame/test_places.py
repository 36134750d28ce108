"""Addresses of an integration's pages."""

from integrations.frame.places import Place, address_of
from integrations.registry import all_specs
from selfservice.programs.models import Program


def test_address_with_a_query():
    place = Place(Program(code="club"), all_specs()["braze"], None)

    assert address_of("cards:connection", place, q="a b&c") == "/programs/club/integrations/braze/connection?q=a+b%26c"
