"""Two accounts at the same receipt."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from loyalty_api.contract import LoyaltyError
from loyalty_api.engine.models import Transaction
from loyalty_api.engine.receipts import Receipt
from loyalty_api.engine.transactions import incentivate, record_anonymous
from tests.factories.engine import AccountFactory
from tests.loyalty_api.engine.receipts import NOW, balances, record

pytestmark = pytest.mark.django_db(transaction=True)
LONGEST = 20


def code_of(call):
    """That of a refusal, or OK."""
    try:
        call()
    except LoyaltyError as error:
        return error.code
    finally:
        connection.close()
    return "OK"


def wait_until_blocked(future):
    """Until another connection waits for a row of this one, or the call is through without waiting."""
    deadline = time.monotonic() + LONGEST
    while not future.done() and time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)


@pytest.fixture
def race():
    """The anonymous receipt, one account that returns its goods, and one that it is to be given to."""
    returning = AccountFactory()
    given_to = AccountFactory(program=returning.program)
    stored = record_anonymous(program=returning.program, receipt=Receipt(amount=10), now=NOW)
    return (
        lambda: record(returning, "-10", original_transaction_id=stored.id),
        lambda: incentivate(program=given_to.program, account_id=given_to.id, transaction_id=stored.id, now=NOW),
        given_to,
    )


@pytest.mark.parametrize(
    ("is_return_first", "refusal", "points"), [(True, "TRANSACTION_RATED", 0), (False, "ORIGINAL_NOT_FITTING", 10)]
)
def test_return_and_incentivation_of_one_receipt_come_one_after_the_other(race, is_return_first, refusal, points):
    bring_back, give, given_to = race
    first, second = (bring_back, give) if is_return_first else (give, bring_back)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            answer = pool.submit(code_of, second)
            wait_until_blocked(answer)
        found = answer.result(timeout=LONGEST)

    assert found == refusal
    assert balances(given_to) == (points, points)
    assert Transaction.objects.exclude(original=None).count() == (1 if is_return_first else 0)
