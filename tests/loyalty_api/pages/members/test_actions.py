"""What people do to a member by hand: once, by the engine's rules, with its events and a line of the audit trail."""

import pytest

from loyalty_api.engine.models import (
    Account,
    AccountCoupon,
    Booking,
    FraudCase,
    Identifier,
    Membership,
    ProgramRules,
)
from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Role
from tests.factories.engine import CouponFactory
from tests.loyalty_api import recording

pytestmark = pytest.mark.django_db
PAGE = "/programs/club/members/a-1"
BOOKING = {
    "once": "abcdefghijklmnopqrstuvwx",
    "booking_type": "EARNBOOKING",
    "points": "80",
    "type_code": "GOODWILL",
    "reason": "Complaint 4711",
}


def act(name):
    return f"/programs/club/members/-/{name}/a-1"


@pytest.fixture
def editor(signed_in, account):
    return signed_in(Role.EDITOR)


def the_line():
    line = AuditEntry.objects.get()
    assert (line.subject, line.program, line.actor) == ("a-1", "club", "editor@example.org")
    return line.action, line.before, line.told


def test_points_are_booked_told_and_written_down(editor):
    answer = editor.post(act("book"), BOOKING, follow=True)

    booking = Booking.objects.get()
    assert "80 points added." in answer.text
    assert (booking.points, booking.type_code, booking.reason) == (80, "GOODWILL", "Complaint 4711")
    assert Account.objects.get().points == 500
    assert recording.types() == ["BALANCE_CHANGED"]
    told = {"points": 500, "booking": booking.id, "type_code": "GOODWILL", "reason": "Complaint 4711"}
    assert the_line() == ("member.points_booked", {"points": 420}, told)


def test_double_click_books_once(editor):
    editor.post(act("book"), BOOKING)
    again = editor.post(act("book"), BOOKING, follow=True)

    assert "has acted once" in again.text
    assert Booking.objects.count() == AuditEntry.objects.count() == 1


def test_each_form_has_a_number_of_its_own(editor):
    first, second = (editor.get(act("book")).context["form"].initial["once"] for _each in range(2))

    assert first != second


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"booking_type": "BURNBOOKING", "points": "421"}, "The member has fewer points than this."),
        ({"points": "0"}, "greater than or equal to 1"),
        ({"points": "many"}, "Write a whole number, like 120."),
        ({"points": ""}, "Write how many points."),
        ({"reason": " "}, "Write why; whoever reads the audit trail wants to know."),
        ({"booking_type": "GIFT"}, "GIFT is not one of the available choices"),
        ({"once": ""}, "This field is required."),
    ],
)
def test_bad_booking_is_refused_at_its_field(editor, change, words):
    answer = editor.post(act("book"), BOOKING | change)

    assert answer.status_code == 422
    assert words in answer.text
    assert not Booking.objects.exists()
    assert not AuditEntry.objects.exists()


def test_very_many_points_are_asked_about_once_more(editor):
    much = BOOKING | {"points": "1000000000"}
    assert "You are asked once more about more than 100,000." in editor.get(act("book")).text

    asked = editor.post(act("book"), much)

    assert asked.status_code == 422
    for words in ("Add 1,000,000,000 points", "They are worth 10,000,000.00 EUR.", "Nothing is booked yet"):
        assert words in asked.text
    assert 'name="meant" value="EARNBOOKING-1000000000" >' in asked.text, "not ticked beforehand"
    assert not Booking.objects.exists()
    assert editor.post(act("book"), much | {"meant": "EARNBOOKING-1000000000"}).status_code == 302
    assert Booking.objects.get().points == 1_000_000_000


@pytest.mark.parametrize(
    "other",
    [{"points": "900000"}, {"booking_type": "BURNBOOKING"}, {"meant": ""}, {"meant": ["EARNBOOKING-200000", "x"]}],
)
def test_what_was_ticked_is_for_that_booking_alone(editor, other):
    ticked = BOOKING | {"points": "200000", "meant": "EARNBOOKING-200000"}

    assert editor.post(act("book"), ticked | other).status_code == 422
    assert not Booking.objects.exists()
    assert editor.post(act("book"), ticked).status_code == 302


def test_as_many_as_the_rule_names_are_not_asked_about(editor):
    assert [editor.post(act("book"), BOOKING | {"points": n}).status_code for n in (100_001, 100_000)] == [422, 302]


def test_points_to_take_are_asked_about_before_the_balance_is(editor):
    much = BOOKING | {"points": "200000", "booking_type": "BURNBOOKING"}

    assert "Take 200,000 points" in editor.post(act("book"), much).text
    refused = editor.post(act("book"), much | {"meant": "BURNBOOKING-200000"})

    assert "The member has fewer points than this." in refused.text
    assert not Booking.objects.exists()


def test_type_codes_are_the_programs(editor, program):
    program.booking_type_codes = ["BASE", "BONUS"]
    program.save()

    refused, taken = (editor.post(act("book"), BOOKING | {"type_code": code}) for code in ("GOODWILL", "BONUS"))

    assert (refused.status_code, taken.status_code) == (422, 302)


def test_coupon_is_given_once(editor, program):
    coupon = CouponFactory(program=program, name="Summer")
    given = {"once": BOOKING["once"], "coupon": coupon.id, "reason": "Complaint 4711"}

    assert "Summer (20 % off)" in editor.get(act("assign")).text
    for words in ("The member has the coupon now.", "has acted once"):
        assert words in editor.post(act("assign"), given, follow=True).text

    assert AccountCoupon.objects.get().assignments == 1
    assert recording.types() == ["COUPON_ASSIGNED"]
    after = {"coupon": coupon.id, "assignments": 1, "reason": "Complaint 4711"}
    assert the_line() == ("member.coupon_assigned", {"assignments": 0}, after)


def test_repeat_that_changes_nothing_says_so(editor, program):
    ProgramRules.objects.create(program=program, assignment_policy="IGNORE")
    given = {"coupon": CouponFactory(program=program).id, "reason": "Complaint 4711"}
    editor.post(act("assign"), given | {"once": "a" * 24})

    assert "a repeat changes nothing" in editor.post(act("assign"), given | {"once": "b" * 24}, follow=True).text


def test_only_active_coupons_are_offered(editor, program):
    CouponFactory(program=program, status="PAUSED")
    CouponFactory(program=program, assignation_type="PROMOCODE")
    CouponFactory()

    assert "There is no coupon to give" in editor.get(act("assign")).text


def test_optin_is_switched(editor):
    membership = Membership.objects.get()
    data = {"membership": membership.id, "channel": "newsletter", "flag": "no"}

    asked = editor.get(act("optin"), data)
    assert "Record refusal of “<bdi>newsletter</bdi>”?" in asked.text
    assert editor.post(act("optin"), data).status_code == 422
    assert Membership.objects.get().optins == {"newsletter": True}
    data["reason"] = "Call of 3 May"
    for words in ("The opt-in for “newsletter” is stored.", "was answered so already"):
        assert words in editor.post(act("optin"), data, follow=True).text

    assert Membership.objects.get().optins == {"newsletter": False}
    assert recording.types() == ["MEMBERSHIP_OPTINS_CHANGED"]
    after = {"optins": {"newsletter": False}, "membership": membership.id, "reason": "Call of 3 May"}
    assert the_line() == ("member.optins_changed", {"optins": {"newsletter": True}}, after)


def test_card_is_locked_and_unlocked(editor):
    card = Identifier.objects.get()

    editor.post(act("identifier"), {"identifier": card.id, "status": "LOCKED"})
    assert Identifier.objects.get().status == "LOCKED"
    assert the_line() == (
        "member.identifier_changed",
        {"status": "ACTIVE"},
        {"status": "LOCKED", "identifier": card.id},
    )

    editor.post(act("identifier"), {"identifier": card.id, "status": "ACTIVE"})
    assert Identifier.objects.get().status == "ACTIVE"


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("optin", {}, "did not say what to change"),
        (
            "optin",
            {"membership": "m", "channel": "newsletter", "flag": "no", "reason": "Asked"},
            "This membership has ended.",
        ),
        ("identifier", {"status": "GONE"}, "did not say what to change"),
        ("identifier", {"identifier": "i", "status": "LOCKED"}, "does not have this identifier any more"),
    ],
)
def test_switch_that_means_nothing_changes_nothing(editor, name, data, words):
    assert words in editor.post(act(name), data, follow=True).text
    assert not AuditEntry.objects.exists()


def test_account_is_locked_and_unlocked(signed_in, account):
    admin = signed_in(Role.ADMIN)
    admin.post(act("lock"), {"reason": "Card in two towns", "comment": "Ask Grace"})

    page = admin.get(PAGE).text
    assert ("Card in two towns" in page, "Ask Grace" in page, "Book points" in page) == (True, True, False)
    refused = admin.post(act("book"), BOOKING)
    assert "Unlock it first." in refused.text
    assert "locked already" in admin.post(act("lock"), {"reason": "Card in two towns"}).text

    assert "unlocked" in admin.post(act("unlock"), follow=True).text
    assert "not locked any more" in admin.post(act("unlock"), follow=True).text
    assert not FraudCase.objects.exists()
    assert [line.action for line in AuditEntry.objects.order_by("id")] == ["member.locked", "member.unlocked"]
