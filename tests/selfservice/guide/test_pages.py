"""How a document becomes a page."""

import pytest
from markdown_it import MarkdownIt

from selfservice.guide.anchors import headings_of, tokens_of, without_anchors
from selfservice.guide.documents import all_documents
from selfservice.guide.links import address_of
from selfservice.guide.pages import page_of
from selfservice.guide.tables import dress

WIDE_TABLE = "| a | b | c | d | e | f |\n| --- | --- | ---: | --- | --- | --- |\n| 1 | 2 | 3 | 4 | 5 | 6 |\n"


def drawn(text):
    parser = MarkdownIt("commonmark")
    return parser.renderer.render(dress(without_anchors(tokens_of(text))[0]), parser.options, {})


def test_a_heading_takes_the_name_that_stands_before_it():
    named, made = headings_of('<a id="keys"></a>\n## Schlüssel\n\n## Über `x` & mehr\n')

    assert (named.anchor, named.is_named, named.level) == ("keys", True, 2)
    assert (made.anchor, made.is_named, made.text) == ("über-x--mehr", False, "Über x & mehr")


def test_markup_in_a_document_is_shown_as_it_stands():
    page = drawn('<script>alert(1)</script>\n\nA <b onclick="x">word</b>.\n\n<a id="X" href="y"></a>\n')

    assert "<script" not in page
    assert "<b " not in page
    assert "<a " not in page


def test_what_is_meant_for_programs_is_left_out():
    assert drawn("<!-- begin -->\n\n## Result\n\nGood.\n") == '<h2 id="result">Result</h2>\n<p>Good.</p>\n'


def test_a_table_is_one_of_the_products_and_brings_no_style():
    page = drawn(WIDE_TABLE)

    assert "style=" not in page
    assert '<table class="list">' in page
    assert '<div class="guide-wide" tabindex="0">' in page
    assert '<th scope="row"><span>1</span></th>' in page
    assert '<td class="number" data-label="c"><span>3</span></td>' in page


def test_a_narrow_table_needs_no_labels_and_no_frame():
    page = drawn("| You need | |\n| --- | --- |\n| a host | 2 cores |\n")

    assert "data-label" not in page
    assert "guide-wide" not in page
    assert "<td><span></span></td>" in page


@pytest.mark.parametrize(
    ("link", "for_operators", "address"),
    [
        ("https://example.org/x", False, "https://example.org/x"),
        ("#keys", False, "#keys"),
        ("integrations/braze.md#connect", False, "/guide/integrations/braze#connect"),
        ("guide.md", False, "/guide?in=en"),
        ("deploy.md#install", True, "/guide/deploy#install"),
        ("deploy.md#install", False, ""),
        ("../deploy/nginx.conf", True, ""),
        ("../CHANGELOG.md", True, "/guide/changelog"),
    ],
)
def test_links_between_documents_lead_to_pages(link, for_operators, address):
    assert address_of(link, file="docs/anleitung.md", for_operators=for_operators) == address


def test_a_document_of_one_language_leads_to_the_guide_in_the_readers():
    assert address_of("guide.md", file="docs/deploy.md", for_operators=True) == "/guide"


def test_the_words_of_a_link_that_leads_nowhere_stay():
    page = page_of("guide", "en", for_operators=False)

    assert "guide for operators" in page.body
    assert "/guide/operators" not in page.body
    assert 'href="/guide/operators"' in page_of("guide", "en", for_operators=True).body


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", all_documents())
def test_every_document_becomes_a_page(name, language):
    page = page_of(name, language, for_operators=True)

    assert page.title
    assert "<h1" not in page.body
    assert "style=" not in page.body
