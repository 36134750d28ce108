"""The accounts of a program, one after the other."""

import pytest

from integrations.delivery.intake import accept
from loyalty_api.client.embedded import EmbeddedClient
from loyalty_api.engine import states
from tests.factories.engine import AccountFactory, ProgramFactory
from tests.factories.events import balance_event, canonical_event
from tests.loyalty_api.client import remote

pytestmark = pytest.mark.django_db


def test_embedded_lists_what_is_there():
    program = ProgramFactory()
    ids = sorted(account.id for account in AccountFactory.create_batch(5, program=program))
    AccountFactory()
    client = EmbeddedClient(program)

    assert list(client.account_ids()) == ids
    assert list(client.account_ids(after=ids[2])) == ids[3:]
    assert list(states.account_ids(program=program, chunk=2)) == ids


def test_remote_knows_those_that_events_named():
    program, other = ProgramFactory(), ProgramFactory()
    told = [balance_event("b-2"), balance_event("a-1"), balance_event("b-2")]
    told += [canonical_event("MEMBERSHIP_CREATED", account_id="c-3", user_id="u-3")]
    accept(program=program, events=told, source="test")
    accept(program=other, events=[balance_event("z-9")], source="test")
    client = remote.client_of(program, "https://platform.example")

    assert list(client.account_ids()) == ["a-1", "b-2", "c-3"]
    assert list(client.account_ids(after="a-1")) == ["b-2", "c-3"]
