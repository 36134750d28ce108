"""What the product itself offers to paste has nothing wrong in it, whichever way it is pasted."""

import pytest

from integrations.braze.pasting.report import check_paste
from integrations.braze.snippets import COUPON, KEY, snippets
from integrations.keys.models import Scope
from integrations.keys.secret_keys import generate_key
from integrations.shown import KnownKey

DOORS = "https://club.example.org/v1/programs/club"
BY_ATTRIBUTE, BY_EXTERNAL_ID = {"identifierType": "user_alias"}, {"identifierType": "external_id"}
SLUGS = ["assign", "book", "subscribe", "assign-batch", "profile", "coupons", "ledger"]


def all_known(_raw):
    return KnownKey("active", frozenset(Scope.values))


def ready(slug, fields):
    found = next(each for each in snippets(doors_url=DOORS, fields=fields) if each.slug == slug)
    head = [f"{found.method} {found.url}", *(f"{name}: {value}" for name, value in found.headers)]
    text = found.block or "\n".join([*head, "", found.body])
    return text.replace(KEY, generate_key()).replace(COUPON, "c-1")


@pytest.mark.parametrize("fields", [BY_ATTRIBUTE, BY_EXTERNAL_ID])
@pytest.mark.parametrize("slug", SLUGS)
def test_ready_text_has_nothing_wrong(slug, fields):
    report = check_paste(ready(slug, fields), doors_url=DOORS, fields=fields, key_of=all_known)

    assert report.findings == ()


@pytest.mark.parametrize("slug", ["assign", "book", "subscribe"])
def test_parts_of_a_ready_text_have_nothing_wrong_by_themselves(slug):
    head, _blank, body = ready(slug, BY_ATTRIBUTE).partition("\n\n")
    address, headers = head.split("\n", 1)

    for text in (address, headers, body):
        report = check_paste(text, doors_url=DOORS, fields=BY_ATTRIBUTE, key_of=all_known)

        assert report.findings == ()


def test_report_says_what_the_text_was_taken_for():
    whole = check_paste(ready("book", BY_ATTRIBUTE), doors_url=DOORS, fields=BY_ATTRIBUTE, key_of=all_known)
    blocks = check_paste(
        ready("profile", BY_ATTRIBUTE) + ready("coupons", BY_ATTRIBUTE),
        doors_url=DOORS,
        fields=BY_ATTRIBUTE,
        key_of=all_known,
    )

    assert whole.taken_for == "A webhook (address, headers, body), taken for “Book points”"
    assert blocks.taken_for == "2 blocks of Connected Content"
