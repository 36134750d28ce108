"""Stored secrets after a new key was put before the former one."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from integrations.connections.models import Connection
from loyalty_api.client.models import LoyaltyPlatform
from selfservice.audit.models import AuditEntry
from selfservice.secrets.rotation import Rotation, encrypted_fields, rotate_stored_secrets
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory

pytestmark = pytest.mark.django_db
OLD, NEW = b"o" * 32, b"n" * 32


@pytest.fixture
def stored(settings):
    """Secrets of both kinds, written with the old key; from here on the new one comes first."""
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    program = ProgramFactory()
    connect_braze(program, apiKey="rest-key-0123456789-wxyz")
    LoyaltyPlatform.objects.create(program=program, password="hunter2")
    LoyaltyPlatform.objects.create(program=ProgramFactory(), password="")
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]


def rotate(*arguments):
    out = StringIO()
    call_command("rotate_field_keys", *arguments, stdout=out)
    return out.getvalue()


def test_former_key_can_go_after_the_rotation(stored, settings):
    printed = rotate("--json")

    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert json.loads(printed) == {"renewed": 2, "current": 0, "unreadable": 0}
    assert sorted(LoyaltyPlatform.objects.values_list("password", flat=True)) == ["", "hunter2"]
    assert Connection.objects.get().secrets["apiKey"] == "rest-key-0123456789-wxyz"


def test_rotation_again_changes_nothing(stored):
    rotate()

    assert "0 stored secrets were encrypted with the first key, 2 were so already." in rotate()
    assert AuditEntry.objects.filter(action="field_keys.rotated").count() == 1


@pytest.mark.parametrize("chunk_rows", [1, 2, 3, 100])
def test_rotation_reaches_every_row_whatever_the_chunks(settings, chunk_rows):
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    for number in range(5):
        LoyaltyPlatform.objects.create(program=ProgramFactory(), password=f"pass-{number}")
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]

    assert rotate_stored_secrets(chunk_rows=chunk_rows) == Rotation(renewed=5)

    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert {row.password for row in LoyaltyPlatform.objects.all()} == {f"pass-{number}" for number in range(5)}


def test_secret_that_no_key_reads_is_named_and_left_alone(stored, settings):
    settings.FIELD_ENCRYPTION_KEYS = [NEW]

    with pytest.raises(CommandError, match=r"connections\.Connection \d+.*keep the former keys") as caught:
        rotate()

    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    assert LoyaltyPlatform.objects.get(password__gt="").password == "hunter2"
    assert "v1:" not in str(caught.value)


def test_every_encrypted_field_is_known():
    assert {(model.__name__, name) for model, name in encrypted_fields()} == {
        ("Connection", "secrets"),
        ("LoyaltyPlatform", "password"),
        ("SecondFactor", "secret"),
    }
