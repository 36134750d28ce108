"""Our snippets, rendered by a real Liquid engine, and sent as Braze would."""

import json
import re

import pytest
import requests

from integrations.braze.snippets import COUPON, KEY, snippets
from loyalty_api.engine.coupon_models import AccountCoupon
from loyalty_api.engine.models import Booking
from tests.factories.connection import connect_braze, key_for
from tests.factories.engine import AccountFactory, CouponFactory, LevelFactory, MembershipFactory, ProgramFactory
from tests.integrations.braze.liquid.engine import Aborted, Braze

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CAMPAIGN = {"api_id": "c-1", "name": 'The "spring" sale\\n', "dispatch_id": "d-1"}
BY_ATTRIBUTE, BY_EXTERNAL_ID = {"identifierType": "user_alias"}, {"identifierType": "external_id"}
# Whatever breaks an address, or JSON, that is put together carelessly.
ODD_ID = 'a"b c&d?é#%20'


@pytest.fixture
def program():
    found = ProgramFactory(code="club", optins=["newsletter"])
    connect_braze(found)
    LevelFactory(program=found, slug="gold", name="Gold & more")
    return found


@pytest.fixture(params=["a-1", ODD_ID])
def member(program, request):
    account = AccountFactory(id=request.param, program=program, points=420, level="gold")
    MembershipFactory(account=account)
    return account


@pytest.fixture
def coupon(program):
    return CouponFactory(program=program, external_code="SPRING20", texts={"en": {"title": "<20 %>"}})


@pytest.fixture
def snippet(live_server, program):
    """A snippet by its name, with the key put in. The server has answered before: Braze waits for two seconds only."""
    requests.get(f"{live_server.url}/v1/programs/club/nothing", timeout=30)
    key = key_for(program)

    def find(slug, fields=BY_ATTRIBUTE):
        found = {each.slug: each for each in snippets(doors_url=f"{live_server.url}/v1/programs/club", fields=fields)}
        return found[slug], lambda text: text.replace(KEY, key)

    return find


def braze_of(member):
    return Braze(attributes={"convercus_account_id": member.id}, profile={"user_id": member.id}, campaign=CAMPAIGN)


def send(found, braze, put_in):
    """A webhook as Braze sends it: every part is a template."""
    headers = {name: braze.render(put_in(value)) for name, value in found.headers}
    body = braze.render(found.body)
    json.loads(body)
    return requests.request(
        found.method, braze.render(put_in(found.url)), data=body.encode(), headers=headers, timeout=10
    )


@pytest.mark.parametrize("fields", [BY_ATTRIBUTE, BY_EXTERNAL_ID, {}])
def test_booking_acts(snippet, member, fields):
    found, put_in = snippet("book", fields)

    answer = send(found, braze_of(member), put_in)

    booking = Booking.objects.get(account=member)
    assert (answer.status_code, answer.json()) == (200, {"bookingId": booking.id})
    assert (booking.points, booking.type_code, booking.reason) == (250, "BIRTHDAY", CAMPAIGN["name"].strip())


def test_assignment_acts(snippet, member, coupon):
    found, put_in = snippet("assign")

    answer = send(found, braze_of(member), lambda text: put_in(text).replace(COUPON, coupon.id))

    assert (answer.status_code, answer.json()) == (200, {"couponCode": "SPRING20"})
    assert AccountCoupon.objects.get(account=member).coupon == coupon


def test_subscription_acts(snippet, member):
    found, put_in = snippet("subscribe")

    answer = send(found, braze_of(member), put_in)

    assert answer.status_code == 200
    assert answer.json()["succeeded"][0]["optins"] == ["newsletter"]


def test_batch_is_started(snippet, coupon):
    found, put_in = snippet("assign-batch")

    answer = send(found, Braze(campaign=CAMPAIGN), lambda text: put_in(text).replace(COUPON, coupon.id))

    assert answer.status_code == 200
    assert set(answer.json()) == {"batchId"}


@pytest.mark.parametrize("slug", ["assign", "book", "subscribe", "assign-batch"])
def test_every_write_names_itself_and_differently_for_each_member_and_act(snippet, member, slug):
    found, _put_in = snippet(slug)
    key = dict(found.headers)["Idempotency-Key"]

    rendered = braze_of(member).render(key)

    assert re.fullmatch(r"[!-~]{1,255}", rendered)
    assert rendered.startswith("d-1-")
    assert (found.slug == "assign-batch") == (rendered == braze_of(AccountFactory()).render(key))
    test_send = Braze(
        attributes={"convercus_account_id": "a"}, campaign=CAMPAIGN | {"dispatch_id": "dispatch_id_for_unsent_campaign"}
    )
    assert re.search(r"dispatch_id_for_unsent_campaign-\d{9,}-", test_send.render(key))
    for nothing in ("", " ", None):
        without = Braze(attributes={"convercus_account_id": "a"}, campaign=CAMPAIGN | {"dispatch_id": nothing})
        assert re.match(r" ?-\d{9,}-", without.render(key))


@pytest.mark.parametrize("slug", ["assign", "book", "subscribe"])
@pytest.mark.parametrize("attributes", [{}, {"convercus_account_id": ""}, {"convercus_account_id": None}])
def test_webhook_is_not_sent_for_who_has_no_account(snippet, slug, attributes):
    found, _put_in = snippet(slug)

    with pytest.raises(Aborted):
        Braze(attributes=attributes, campaign=CAMPAIGN).render(found.body)


def test_profile_is_shown_and_kept_for_five_minutes(snippet, member):
    found, put_in = snippet("profile")
    braze = braze_of(member)

    shown = braze.render(put_in(found.block))

    assert "Hi Ada, you have 420 points." in shown
    assert "Gold &amp; more" in shown
    assert braze.fetched[0].cache_seconds == 300


def test_coupons_are_shown_in_the_members_language_and_never_kept(snippet, member):
    found, put_in = snippet("coupons")
    texts = {"en": {"title": "In English"}, "de": {"title": "<20 %>"}}
    CouponFactory(program=member.program, assignation_type="ALL", external_code="SPRING20", texts=texts)
    braze = braze_of(member)
    braze.profile["language"] = "de"

    shown = braze.render(put_in(found.block))

    assert "&lt;20 %&gt;: SPRING20" in shown
    assert braze.fetched[0].cache_seconds == 0
    assert braze.fetched[0].url.endswith("/coupons?lang=de")


def test_ledger_is_shown(snippet, member):
    book, put_in = snippet("book")
    send(book, braze_of(member), put_in)
    found, _put_in = snippet("ledger")

    assert "+250" in braze_of(member).render(put_in(found.block))


@pytest.mark.parametrize("account_id", ["nobody", "", None])
@pytest.mark.parametrize(("slug", "text"), [("profile", "Your points are waiting"), ("coupons", "on their way")])
def test_block_has_a_text_for_when_nothing_is_found(snippet, slug, text, account_id):
    found, put_in = snippet(slug)

    shown = Braze(attributes={"convercus_account_id": account_id}).render(put_in(found.block))

    assert text in shown


def test_s39_no_address_holds_a_key(snippet, member):
    for slug in ("assign", "book", "subscribe", "assign-batch", "profile", "coupons", "ledger"):
        found, put_in = snippet(slug)
        braze = braze_of(member)
        urls = [braze.render(put_in(found.url))] if found.url else []
        if found.block:
            braze.render(put_in(found.block))
            urls = [call.url for call in braze.fetched]
        assert urls
        assert not any("cvc_" in url or "key" in url.lower() for url in urls)
