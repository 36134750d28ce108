"""A long ledger costs no more than a short one."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty_api.contract import BookingType
from loyalty_api.engine.models import ProgramRules
from loyalty_api.engine.points import book_points
from loyalty_api.engine.receipts import Receipt
from loyalty_api.engine.transactions import record_transaction
from tests.factories.engine import MembershipFactory, ProgramFactory

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
FILL = """
INSERT INTO engine_booking (id, program_id, account_id, booking_type, type_code, points, reason, reference_id,
                            external_id, campaign_id, interaction_id, booked_at)
SELECT '0-' || %(account)s || lpad(n::text, 7, '0'), %(program)s, %(account)s, 'EARNBOOKING', 'OLD', 1, '', '', '', '',
       '', now() FROM generate_series(1, %(count)s) AS n
"""
PLAN_WORDS = re.compile(r'"Node Type": "([^"]+)"|"Index Name": "([^"]+)"')


def account_with_bookings(program, count):
    account = MembershipFactory(account__program=program, account__points=count).account
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"program": program.pk, "account": account.id, "count": count})
    return account


def burn(account):
    where = {"program": account.program, "account_id": account.id, "now": NOW}
    book_points(**where, booking_type=BookingType.BURN, type_code="TEST", points=1)


def buy(account):
    receipt = Receipt(amount=Decimal(7))
    record_transaction(program=account.program, account_id=account.id, receipt=receipt, now=NOW)


def statements(act, account):
    """The statements without their values, and how the database would carry out those that read."""
    with CaptureQueriesContext(
        connection,
    ) as context:
        act(account)
    asked = [query["sql"] for query in context.captured_queries]
    plans = []
    with connection.cursor() as cursor:
        for statement in asked:
            if statement.startswith("SELECT"):
                cursor.execute("EXPLAIN (FORMAT JSON) " + statement.replace("%", "%%"))
                plans.append(PLAN_WORDS.findall(str(cursor.fetchone()[0]).replace("'", '"')))
    return [re.sub(r"'[^']*'|\d+", "?", statement) for statement in asked], plans


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("act", [burn, buy])
def test_booking_on_a_long_ledger_asks_the_same_in_the_same_way(act):
    program = ProgramFactory()
    ProgramRules.objects.create(program=program)
    short, long = account_with_bookings(program, 10), account_with_bookings(program, 100_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE engine_booking")

    of_short, of_long = statements(act, short), statements(act, long)

    assert of_long == of_short
    assert not any("SUM(" in statement for statement in of_long[0])
    assert all(of_long[1])
