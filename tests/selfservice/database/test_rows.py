"""Many rows by one statement, read back as Django reads them."""

from datetime import UTC, date, datetime

import pytest
from django.db import DataError, IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from loyalty_api.engine.models import Account, LevelBooking, User
from selfservice.database.rows import insert_all
from selfservice.programs.models import Program

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 10, 11, 12, 345678, tzinfo=UTC)


def person(number, **fields):
    return User(id=f"u-{number}", org="acme", email_address=f"p{number}@example.org", created_at=AT, **fields)


def test_rows_are_read_back_as_they_were():
    people = [
        person(
            1, given_name='Zoë "Z" O\'Neil\\', birth_date=date(1970, 1, 31), custom_properties={"a": [1, None, "ß"]}
        ),
        person(2),
    ]

    with CaptureQueriesContext(connection) as queries:
        insert_all(User, people)

    stored = list(User.objects.order_by("id").values())
    assert len(queries) == 1
    assert stored == [
        {field.attname: getattr(each, field.attname) for field in User._meta.concrete_fields} for each in people
    ]


def test_key_that_the_database_makes_is_left_to_it():
    program = Program.objects.create(code="acme", name="Acme", org="acme")
    account = Account(program=program, created_at=AT)
    insert_all(Account, [account])

    insert_all(
        LevelBooking, [LevelBooking(account=account, points=points, reason="", booked_at=AT) for points in (1, 2)]
    )

    assert sorted(LevelBooking.objects.values_list("points", flat=True)) == [1, 2]


def test_nothing_is_no_statement():
    with CaptureQueriesContext(connection) as queries:
        insert_all(User, [])

    assert len(queries) == 0


def test_row_that_is_there_already_is_refused():
    insert_all(User, [person(1)])

    with pytest.raises(IntegrityError):
        insert_all(User, [person(1)])


def test_text_that_is_too_long_is_refused():
    with pytest.raises(DataError):
        insert_all(User, [person(1, country_code="x" * 10_000)])
