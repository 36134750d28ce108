"""The documents themselves: alike in both languages, and no link or picture in them leads nowhere."""

from pathlib import Path

import pytest
from django.conf import settings

from selfservice.guide.anchors import headings_of, tokens_of
from selfservice.guide.documents import TRANSLATED
from selfservice.guide.links import place_of

CLONE = Path(settings.BASE_DIR)
FILES = sorted(path.relative_to(CLONE).as_posix() for path in [*CLONE.glob("*.md"), *CLONE.glob("docs/**/*.md")])


def headings(file):
    return headings_of((CLONE / file).read_text())


def leading(file):
    """Everything that the document names with an address: links and pictures."""
    for token in tokens_of((CLONE / file).read_text()):
        for inner in token.children or []:
            if inner.type in {"link_open", "image"}:
                yield str(inner.attrs.get("href") or inner.attrs["src"])


def wrong_links(file):
    for link in leading(file):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, fragment = place_of(link, file=file)
        if not (CLONE / path).exists() or (fragment and fragment not in {each.anchor for each in headings(path)}):
            yield link


def test_documents_are_found():
    assert {"README.md", "CHANGELOG.md", "docs/deploy.md", "docs/integrations/braze.md"} < set(FILES)


@pytest.mark.parametrize("file", FILES)
def test_no_link_or_picture_leads_nowhere(file):
    assert list(wrong_links(file)) == []


@pytest.mark.parametrize("name", TRANSLATED)
def test_languages_have_the_same_headings_in_the_same_depth(name):
    shapes = [[(each.level, each.anchor) for each in headings(file)[1:]] for file in TRANSLATED[name].values()]

    assert len(shapes) == len(settings.LANGUAGES)
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("file", [file for files in TRANSLATED.values() for file in files.values()])
def test_each_heading_of_a_guide_has_a_name_of_its_own(file):
    found = headings(file)[1:]

    assert [each.text for each in found if not each.is_named] == []
    assert len({each.anchor for each in found}) == len(found)


@pytest.mark.parametrize("name", TRANSLATED)
def test_languages_have_as_many_steps_rows_and_words_to_choose(name):
    """Who changes one language alone is reminded of the other."""
    kinds = ("list_item_open", "tr_open", "fence")
    counts = [
        {kind: sum(token.type == kind for token in tokens_of((CLONE / file).read_text())) for kind in kinds}
        for file in TRANSLATED[name].values()
    ]

    assert counts[0] == counts[1]
