"""Each page leads to what is written about it."""

import pytest
from django.conf import settings
from django.urls import resolve

from selfservice.guide.anchors import headings_of
from selfservice.guide.documents import GUIDE, all_documents
from selfservice.guide.topics import TOPICS, topic_of
from tests.browser.pages import OPEN_PAGES, PAGES
from tests.browser.world import build_world
from tests.meta import addresses

# The help itself, and pages on which there is nobody to help yet.
WITHOUT = {"guide", "not found", "sign-in"}


def anchors(language):
    return {each.anchor for each in headings_of(all_documents()[GUIDE].path(language).read_text())}


@pytest.mark.parametrize("language", dict(settings.LANGUAGES))
def test_each_topic_stands_in_each_language(language):
    assert set(TOPICS.values()) <= anchors(language)


@pytest.mark.parametrize("name", [address.name for address in addresses.of_programs()])
def test_each_address_of_a_program_has_a_topic(name):
    assert topic_of(name)


@pytest.mark.django_db
def test_each_page_has_a_topic():
    world = build_world()
    names = {
        page: resolve(path(world).partition("?")[0]).view_name
        for page, path in (PAGES | OPEN_PAGES).items()
        if page not in WITHOUT
    }

    assert [page for page, name in names.items() if not topic_of(name)] == []


def test_topics_name_no_address_that_is_not_there():
    known = {address.name for address in addresses.of_programs()} | {"people:join"}

    assert {name for name in TOPICS if ":" in name and not name.startswith("accounts:")} <= known
