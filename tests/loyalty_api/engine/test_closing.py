from datetime import UTC, datetime

import pytest

from loyalty_api.contract import Conflict, LoyaltyError, NotFound
from loyalty_api.engine import closing
from loyalty_api.engine.accounts import get_account
from loyalty_api.engine.models import Account, Identifier
from loyalty_api.engine.optins import set_optins
from loyalty_api.engine.profiles import member_profile
from tests.factories.engine import AccountFactory, IdentifierFactory, MembershipFactory

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def named(account):
    return {"program": account.program, "account_id": account.id}


def test_delete_account_is_found_by_nobody():
    account = IdentifierFactory().account

    closing.delete_account(**named(account), now=NOW)

    for read in (get_account, closing.get_fraud_case):
        with pytest.raises(NotFound):
            read(**named(account))
    with pytest.raises(NotFound):
        member_profile(**named(account), now=NOW)
    assert not Identifier.objects.exists()
    assert Account._base_manager.get().deleted_at == NOW


def test_delete_account_with_a_member():
    account = MembershipFactory().account

    with pytest.raises(LoyaltyError) as caught:
        closing.delete_account(**named(account), now=NOW)

    assert caught.value.code == "ACCOUNT_NOT_ANONYMOUS"
    assert get_account(**named(account)).status == "ACTIVE"


def test_fraud_case_locks_and_gives_back_the_former_status():
    account = AccountFactory(status="INACTIVE")

    case = closing.open_fraud_case(**named(account), reason="CARD_MISUSE", comment="Seen twice", now=NOW)

    assert closing.get_fraud_case(**named(account)) == case
    assert get_account(**named(account)).status == "LOCKED"
    closing.close_fraud_case(**named(account))
    assert get_account(**named(account)).status == "INACTIVE"
    with pytest.raises(NotFound):
        closing.close_fraud_case(**named(account))


def test_fraud_case_again():
    account = AccountFactory()
    closing.open_fraud_case(**named(account), reason="CARD_MISUSE", now=NOW)

    with pytest.raises(Conflict):
        closing.open_fraud_case(**named(account), reason="OTHER", now=NOW)


def test_locked_account_still_takes_optins():
    membership = MembershipFactory()
    closing.open_fraud_case(**named(membership.account), reason="CARD_MISUSE", now=NOW)

    updated = set_optins(**named(membership.account), membership_id=membership.id, optins=[], now=NOW)

    assert updated.id == membership.id
