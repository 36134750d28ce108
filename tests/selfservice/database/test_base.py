import psycopg
import pytest
from django.db import connection

from selfservice.database.base import is_alive


@pytest.fixture
def other(db):
    parameters = connection.get_connection_params()
    with psycopg.connect(**{**parameters, "dbname": connection.settings_dict["NAME"]}, autocommit=True) as opened:
        yield opened


def end(other):
    """Ends the connection from the server's side, and waits until that has arrived."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [other.info.backend_pid])


def test_idle_connection_is_alive(other):
    assert is_alive(other)

    assert is_alive(other)


def test_ended_connection_is_not_alive(other):
    end(other)

    assert not is_alive(other)


def test_closed_connection_is_not_alive(other):
    other.close()

    assert not is_alive(other)


@pytest.mark.django_db(transaction=True)
def test_ended_connection_of_the_pool_is_replaced(other):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [before] = cursor.fetchone()
    connection.close()
    other.execute("SELECT pg_terminate_backend(%s, 5000)", [before])

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [after] = cursor.fetchone()

    assert after != before
