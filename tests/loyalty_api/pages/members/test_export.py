"""A member's data as one file."""

import json

import pytest

from loyalty_api.contract import BookingType
from loyalty_api.engine.models import User
from loyalty_api.engine.points import Origin, book_points
from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Role
from tests.factories.engine import LONG_AGO, CouponFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def exported(signed_in, account):
    User.objects.update(custom_properties={"shoe_size": 41})
    CouponFactory(program=account.program, assignation_type="ALL")
    for reason in ("Welcome", "Thanks"):
        book_points(
            program=account.program,
            account_id="a-1",
            booking_type=BookingType.EARN,
            type_code="BASE",
            points=10,
            now=LONG_AGO,
            origin=Origin(reason=reason),
        )
    return signed_in(Role.ADMIN).post("/programs/club/members/-/export/a-1")


def test_export_holds_all_that_is_known_of_the_member(exported):
    found = json.loads(b"".join(exported.streaming_content))

    (person,) = found["member"]["members"]
    assert person["user"]["emailAddress"] == "ada@lovelace.example"
    assert person["user"]["customProperties"] == {"shoe_size": 41}
    assert found["member"]["identifiers"][0]["code"] == "9900112233445566"
    lines = [(line["booking"]["reason"], line["balanceAfter"]) for line in found["bookings"]]
    assert lines == [("Thanks", 440), ("Welcome", 430)]
    assert [len(found[part]) for part in ("levelBookings", "receipts", "redemptions", "events", "calls")] == [0] * 5
    assert [(line["what"], line["by"]) for line in found["changes"]] == [("member.exported", "admin@example.org")]


def test_export_is_a_file_and_written_down(exported):
    assert exported["Content-Type"] == "application/json; charset=utf-8"
    assert exported["Content-Disposition"].startswith('attachment; filename="member-')
    line = AuditEntry.objects.get()
    assert (line.action, line.subject, line.actor) == ("member.exported", "a-1", "admin@example.org")
