"""The snippets' texts, and the page of the documentation that is made of them (`GOLDEN=1` writes it anew)."""

import json
import os
from pathlib import Path

import pytest

from integrations.braze.snippets import account_expression, snippets

PAGE = Path(__file__).resolve().parents[3] / "docs" / "integrations" / "braze-snippets.md"
DOORS_URL = "https://HOST/v1/programs/CODE"
INTRODUCTION = """# Snippets for Braze

What the page “Snippets” of the Braze card shows, with HOST and CODE in the place of your address and program. Put an
API key in the place of `cvc_…`, in the header and nowhere else: Braze keeps addresses in its logs. Better still, store
it in Braze as a credential for this domain, and name that by `:auth_credentials` instead of `:headers`.

These are made for `user_alias`. With `external_id`, the member's ID is `${user_id}`, and the page says so by itself.

In a Canvas, write `canvas.${api_id}` and `canvas.${name}` for `campaign.…`. Two acts of one kind for one member in one
send need different keys: add a word to the `Idempotency-Key` of one. Where a message may rather be late than lack its
data, add `:retry` to a block and `?on_error=503` to its address (`&on_error=503` behind another parameter): Braze then
tries again, and drops the message when that fails too.
"""
FIELDS = {"identifierType": "user_alias"}


def page():
    return "\n".join(
        [INTRODUCTION, *map(section, snippets(doors_url=DOORS_URL, fields={"identifierType": "user_alias"}))]
    )


def section(snippet):
    lines = [f"## {snippet.title}", "", str(snippet.hint), "", "```"]
    if snippet.block:
        lines += [snippet.block]
    else:
        lines += [f"{snippet.method} {snippet.url}", *(f"{name}: {value}" for name, value in snippet.headers)]
        lines += ["", snippet.body]
    return "\n".join([*lines, "```", ""])


def test_page_of_the_documentation_is_what_the_card_shows():
    if os.environ.get("GOLDEN"):
        PAGE.write_text(page())

    assert PAGE.read_text() == page()


@pytest.mark.parametrize(
    ("fields", "expression"),
    [
        ({}, "custom_attribute.${convercus_account_id}"),
        ({"identifierType": "user_alias"}, "custom_attribute.${convercus_account_id}"),
        ({"identifierType": "external_id"}, "${user_id}"),
        ({"identifierType": "external_id", "identifierValue": "account_id"}, "${user_id}"),
        (
            {"identifierType": "external_id", "identifierValue": "user_id"},
            "custom_attribute.${convercus_account_id}",
        ),
        (
            {"identifierType": "user_alias", "rename": "convercus_account_id = account\nother = name"},
            "custom_attribute.${account}",
        ),
    ],
)
def test_account_is_where_the_connection_puts_it(fields, expression):
    assert account_expression(fields) == expression


def test_bodies_are_json_around_their_placeholders():
    for snippet in snippets(doors_url=DOORS_URL, fields={}):
        if snippet.body:
            json.loads(snippet.body.partition("{% endif %}\n")[2] or snippet.body)


def test_caching_is_right():
    blocks = {snippet.slug: snippet.block for snippet in snippets(doors_url=DOORS_URL, fields={}) if snippet.block}

    assert ":cache_max_age 300" in blocks["profile"]
    assert ":no_cache" in blocks["coupons"]
    assert "cache_max_age 0" not in "".join(blocks.values())
