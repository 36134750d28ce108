import time

import pytest
from django.db import OperationalError, connection, transaction

from selfservice.middleware.database_deadline import database_deadline


def ask(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def asked_for_too_much(*, seconds):
    started = time.monotonic()
    with pytest.raises(OperationalError, match="did not answer in time"), database_deadline(seconds=seconds):
        ask("SELECT 1 FROM pg_sleep(3)")
    return time.monotonic() - started


@pytest.mark.django_db(transaction=True)
def test_late_answer_is_an_error_and_the_next_question_is_answered():
    took = asked_for_too_much(seconds=0.2)

    connection.close()
    assert took < 2.5
    assert ask("SELECT 5") == 5


@pytest.mark.django_db(transaction=True)
def test_late_answer_ends_a_transaction():
    with pytest.raises(OperationalError, match="in time"), database_deadline(seconds=0.1), transaction.atomic():
        ask("SELECT 1 FROM pg_sleep(3)")

    assert ask("SELECT 5") == 5


@pytest.mark.django_db(transaction=True)
def test_inner_deadline_never_prolongs():
    started = time.monotonic()
    with pytest.raises(OperationalError), database_deadline(seconds=0.2), database_deadline(seconds=20):
        ask("SELECT 1 FROM pg_sleep(3)")

    connection.close()
    assert time.monotonic() - started < 2.5


@pytest.mark.django_db
def test_answers_in_time_pass_and_no_deadline_is_none():
    with database_deadline(seconds=5):
        assert ask("SELECT 5") == 5

    assert ask("SELECT 7 FROM pg_sleep(0.15)") == 7
