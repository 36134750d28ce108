"""One member's page: where the account stands, who is behind it, and what happened on it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty_api.contract import BookingType
from loyalty_api.engine.closing import open_fraud_case
from loyalty_api.engine.identity import account_coupon_id
from loyalty_api.engine.points import Origin, book_points
from loyalty_api.engine.status_points import book_level_points
from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Role
from tests.factories.engine import LONG_AGO, AccountFactory, CouponFactory, LevelFactory

pytestmark = pytest.mark.django_db
PAGE = "/programs/club/members/a-1"


def book(account, points, kind=BookingType.EARN, **origin):
    return book_points(
        program=account.program,
        account_id=account.id,
        booking_type=kind,
        type_code="BASE",
        points=points,
        now=LONG_AGO,
        origin=Origin(**origin),
    )


def test_page_says_where_the_account_stands(signed_in, account):
    LevelFactory(program=account.program, name="Silver", needed_status_points=0)
    LevelFactory(program=account.program, name="Gold", needed_status_points=2000)
    book_level_points(program=account.program, account_id="a-1", points=1380, now=LONG_AGO)

    page = signed_in(Role.VIEWER).get(PAGE).text

    assert "4.20 EUR" in page
    assert "620 status points to Gold" in page
    assert 'value="1380" max="2000"' in page
    assert 'href="/programs/club/integrations/braze/members/a-1"' in page


def test_people_and_codes_are_masked_for_everybody(signed_in, account):
    page = signed_in(Role.ADMIN).get(PAGE).text

    assert "A. L." in page
    assert "•••67" in page
    assert "•••5566" in page
    for hidden in ("Lovelace", "lovelace", "1234567", "99001122"):
        assert hidden not in page


def test_reveal_shows_it_once_and_writes_it_down(signed_in, account):
    client = signed_in(Role.ADMIN)

    answer = client.post("/programs/club/members/-/reveal/a-1", {"reason": "Complaint 4711"})

    assert "ada@lovelace.example" in answer.text
    assert "9900112233445566" in answer.text
    line = AuditEntry.objects.get(action="member.revealed")
    assert (line.subject, line.actor, line.told) == ("a-1", "admin@example.org", {"reason": "Complaint 4711"})
    assert "lovelace" not in client.get(PAGE).text


def test_reveal_without_a_reason_shows_nothing(signed_in, account):
    answer = signed_in(Role.ADMIN).post("/programs/club/members/-/reveal/a-1", {"reason": " x "})

    assert answer.status_code == 422
    assert "Write at least 5 characters." in answer.text
    assert "lovelace" not in answer.text
    assert not AuditEntry.objects.exists()


def test_ledger_tells_cause_points_and_the_balance_after_each_line(signed_in, account):
    account.points = 0
    account.save()
    book(account, 300, reason="Welcome")
    book(account, 50, locked_until=LONG_AGO + timedelta(days=14))
    book(account, 120, BookingType.BURN)

    lines = signed_in(Role.VIEWER).get(PAGE).context["shown"].lines

    assert [(line.booking.points, line.balance_after) for line in lines] == [(120, 230), (50, 350), (300, 300)]


def test_older_lines_have_the_balance_of_their_time(signed_in, account):
    account.points = 0
    account.save()
    for _each in range(30):
        book(account, 10)
    client = signed_in(Role.VIEWER)

    first = client.get(PAGE).context["shown"]
    second = client.get(PAGE + first.older).context["shown"]

    assert (first.lines[0].balance_after, second.lines[0].balance_after) == (300, 50)
    assert [line.balance_after for line in second.lines] == [50, 40, 30, 20, 10]
    assert second.older == ""


@pytest.mark.parametrize("name", ["points", "status", "coupons", "receipts", "soup"])
def test_each_list_teaches_while_it_is_empty(signed_in, account, name):
    page = signed_in(Role.VIEWER).get(PAGE, {"list": name}).text

    assert 'class="empty"' in page


def test_coupons_tell_what_they_can_be_used_for(signed_in, account):
    coupon = CouponFactory(program=account.program, assignation_type="ALL")
    unnamed = CouponFactory(program=account.program, assignation_type="ALL", name="No title yet", texts={})
    held = account_coupon_id(coupon_id=coupon.id, account_id=account.id)

    page = signed_in(Role.VIEWER).get(PAGE, {"list": "coupons"}).text

    assert "20 % off" in page
    assert "Can be redeemed" in page
    assert f">{unnamed.name}</a>" in page, "of one without a title its name is told"
    assert f'href="/programs/club/coupons/{coupon.id}"' in page
    assert f'href="/programs/club/coupons/held/{held}"' in page


def test_fraud_lock_is_told(signed_in, account):
    open_fraud_case(program=account.program, account_id="a-1", reason="CARD_MISUSE", comment="Twice", now=LONG_AGO)

    page = signed_in(Role.VIEWER).get(PAGE).text

    assert "Locked on suspicion of fraud:" in page
    assert "CARD_MISUSE" in page


def test_anonymous_account_and_one_that_there_is_not(signed_in, program):
    AccountFactory(program=program, id="anonymous/1")
    AccountFactory(id="foreign")
    client = signed_in(Role.VIEWER)

    assert "An anonymous account" in client.get("/programs/club/members/anonymous/1").text
    assert client.get("/programs/club/members/foreign").status_code == 404


@pytest.mark.parametrize("name", ["points", "coupons"])
def test_page_costs_the_same_however_much_there_is(signed_in, account, name):
    client = signed_in(Role.ADMIN)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(PAGE, {"list": name}).status_code == 200
        return len(captured)

    book(account, 10)
    CouponFactory(program=account.program, assignation_type="ALL")
    few = queries()
    for _each in range(40):
        book(account, 10)
        CouponFactory(program=account.program, assignation_type="ALL")

    assert queries() == few
