"""Addresses of pages, installed or not."""

from integrations.frame.links import link_to


def test_link_to_a_page_with_a_query():
    found = link_to("cards:connection", code="club", kind="braze", q="a b&c")

    assert found == "/programs/club/integrations/braze/connection?q=a+b%26c"


def test_link_to_a_page_that_is_not_installed():
    assert link_to("nowhere:page", code="club", kind="braze") == ""
