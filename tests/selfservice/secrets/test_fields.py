"""Encrypted columns, looked at from both sides; a connection and a platform are the rows that have them."""

import pytest
from django.db import connection

from loyalty_api.client.models import LoyaltyPlatform
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory

pytestmark = pytest.mark.django_db


def raw(table, column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        return cursor.fetchone()[0]


def test_text_stands_encrypted():
    LoyaltyPlatform.objects.create(program=ProgramFactory(), password="hunter2")

    stored = raw("loyalty_client_loyaltyplatform", "password")

    assert stored.startswith("v1:")
    assert LoyaltyPlatform.objects.get().password == "hunter2"


def test_empty_text_stays_empty():
    LoyaltyPlatform.objects.create(program=ProgramFactory(), password="")

    assert raw("loyalty_client_loyaltyplatform", "password") == ""
    assert LoyaltyPlatform.objects.get().password == ""


def test_object_stands_encrypted_as_a_whole():
    saved = connect_braze(ProgramFactory())

    stored = raw("connections_connection", "secrets")

    assert stored.startswith("v1:")
    assert "apiKey" not in stored
    saved.refresh_from_db()
    assert set(saved.secrets) == {"apiKey"}
