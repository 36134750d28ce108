from datetime import UTC, datetime

import pytest

from loyalty_api.contract import NotFound
from loyalty_api.engine.accounts import create_account, get_account, get_level_status
from loyalty_api.engine.models import Account
from tests.factories.engine import AccountFactory, LevelFactory, ProgramFactory
from tests.loyalty_api import recording

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_create_account_tells_it():
    program = ProgramFactory()

    account = create_account(program=program, now=NOW, interaction_id="app")

    [event] = recording.all_events()
    assert (event.type, event.account_id, event.occurred_at) == ("ACCOUNT_CREATED", account.id, NOW)
    assert event.data == {"status": "ACTIVE", "interactionId": "app"}
    assert get_account(program=program, account_id=account.id) == account


def test_create_account_keeps_its_properties():
    account = create_account(program=ProgramFactory(), now=NOW, custom_properties={"till": "T 7"})

    assert Account.objects.get(id=account.id).custom_properties == {"till": "T 7"}


def test_create_account_starts_at_the_free_level():
    program = ProgramFactory()
    LevelFactory(program=program, slug="basic")
    LevelFactory(program=program, slug="gold", needed_status_points=1)

    account = create_account(program=program, now=NOW)

    assert Account.objects.get(id=account.id).level == "basic"


def test_create_account_below_every_level():
    program = ProgramFactory()
    LevelFactory(program=program, slug="gold", needed_status_points=1)

    account = create_account(program=program, now=NOW)

    status = get_level_status(program=program, account_id=account.id)
    assert status.current is None
    assert status.next is not None
    assert status.next.id == "gold"


def test_get_account_of_another_program():
    account = AccountFactory()

    with pytest.raises(NotFound):
        get_account(program=ProgramFactory(), account_id=account.id)
