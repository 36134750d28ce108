from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from loyalty_api.contract import Conflict
from loyalty_api.engine.identifiers import create_identifier
from loyalty_api.engine.members import create_membership
from loyalty_api.engine.models import Membership, SearchWord
from loyalty_api.engine.users import update_user
from tests.factories.engine import AccountFactory, MembershipFactory, UserFactory
from tests.loyalty_api import recording

pytestmark = pytest.mark.django_db(transaction=True)


def test_create_membership_parallel_owners_one_wins():
    account = AccountFactory()
    users = UserFactory.create_batch(4, org=account.program.org)

    def join(user):
        try:
            create_membership(program=account.program, account_id=account.id, user_id=user.id, now=timezone.now())
        except Conflict as error:
            return error.code
        finally:
            connection.close()
        return "OK"

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(join, users))

    assert sorted(answers) == ["OK"] + ["OWNER_EXISTS"] * 3
    assert Membership.objects.count() == 1


def test_create_membership_beside_a_change_of_the_user_misses_nothing():
    """Whichever comes first, the last that the account hears of the user is what the user is."""
    for number in range(10):
        recording.calls.clear()
        account = AccountFactory()
        user = UserFactory(org=account.program.org, city="Rome")

        def join(account=account, user=user):
            create_membership(program=account.program, account_id=account.id, user_id=user.id, now=timezone.now())
            connection.close()

        def move(user=user, number=number):
            update_user(org=user.org, user_id=user.id, now=timezone.now(), city=f"Milan {number}")
            connection.close()

        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(join), pool.submit(move)]:
                done.result()

        assert recording.all_events()[-1].data["user"]["city"] == f"Milan {number}"


def test_search_words_follow_two_changes_at_once():
    """One call gives the account a code while another renames its member: neither brings back what the other took."""
    for number in range(10):
        membership = MembershipFactory(user__given_name=f"Before{number}")
        account, user = membership.account, membership.user
        update_user(org=user.org, user_id=user.id, now=timezone.now(), city="Rome")

        def add_code(account=account, number=number):
            create_identifier(
                program=account.program, account_id=account.id, type_="CARDCODE", code=f"C{number}", now=timezone.now()
            )
            connection.close()

        def rename(user=user, number=number):
            update_user(org=user.org, user_id=user.id, now=timezone.now(), given_name=f"After{number}")
            connection.close()

        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(add_code), pool.submit(rename)]:
                done.result()

        words = set(SearchWord.objects.filter(account=account).values_list("word", flat=True))
        assert {f"c{number}", f"after{number}", "rome"} <= words
        assert f"before{number}" not in words
