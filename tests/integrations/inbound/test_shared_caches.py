"""Connected Content through a proxy that keeps answers, whatever it was told about them."""

import itertools

import pytest
import requests

from tests.factories.connection import key_for
from tests.factories.engine import AccountFactory, CouponFactory, MembershipFactory, ProgramFactory
from tests.integrations.inbound.caching_proxy import caching_proxy

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def programs():
    return [ProgramFactory(), ProgramFactory()]


@pytest.fixture
def members(programs):
    found = [AccountFactory(program=program, points=number) for number, program in enumerate([*programs, *programs])]
    for account in found:
        MembershipFactory(account=account)
    return found


def read(proxy, account, key, what="profile"):
    address = f"{proxy.url}/v1/programs/{account.program.code}/members/{account.id}/{what}"
    return requests.get(address, headers={"X-Convercus-Key": key}, timeout=30)


@pytest.mark.parametrize("obeys", [("Cache-Control", "Vary"), ("Cache-Control",), ("Vary",)])
def test_s33_who_has_another_key_gets_nothing_that_was_kept(live_server, programs, members, obeys):
    right, wrong = key_for(programs[0]), key_for(programs[1])
    with caching_proxy(live_server.url, obeys=obeys) as proxy:
        first = read(proxy, members[0], right)
        others = [read(proxy, members[0], key) for key in (wrong, "", "cvc_typo")]
        again = read(proxy, members[0], right)

    assert first.json()["member_id"] == again.json()["member_id"] == members[0].id
    assert {other.status_code for other in others} == {401}
    assert not any(members[0].id in other.text for other in others)
    assert proxy.hits == (0 if "Cache-Control" in obeys else 1)


@pytest.mark.parametrize("obeys", [(), ("Vary",), ("Cache-Control",)])
def test_s33_answer_is_always_that_of_the_member_in_the_address(live_server, programs, members, obeys):
    keys = {program.pk: key_for(program) for program in programs}
    with caching_proxy(live_server.url, obeys=obeys) as proxy:
        for account in itertools.chain(members, reversed(members), members):
            found = read(proxy, account, keys[account.program_id]).json()
            assert (found["member_id"], found["points_balance"]) == (account.id, account.points)


@pytest.mark.parametrize("obeys", [(), ("Vary",)])
def test_s33_language_is_a_part_of_the_address(live_server, programs, members, obeys):
    texts = {"en": {"title": "Mug"}, "de": {"title": "Becher"}}
    CouponFactory(program=programs[0], assignation_type="ALL", texts=texts)
    key = key_for(programs[0])
    with caching_proxy(live_server.url, obeys=obeys) as proxy:
        for language, title in (("de", "Becher"), ("en", "Mug"), ("de", "Becher")):
            [found] = read(proxy, members[0], key, f"coupons?lang={language}").json()["coupons"]
            assert found["title"] == title


def test_s33_every_answer_forbids_to_be_kept(caller):
    account = AccountFactory(program=caller.program)
    paths = [f"members/{account.id}/{what}" for what in ("profile", "coupons", "ledger", "profile?on_error=503")]
    answers = [caller.get(path) for path in (*paths, "members/nobody/profile", "members/a/ledger?limit=x", "no/where")]
    answers += [caller.get(paths[0], key=key) for key in ("", "cvc_typo")]
    answers += [caller.call("DELETE", paths[0]), caller.call("HEAD", paths[0])]

    assert {answer["Cache-Control"] for answer in answers} == {"no-store, private"}
