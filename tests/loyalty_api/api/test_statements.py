"""What the calls that a till waits for ask of the database."""

from tests.factories.engine import AccountFactory, MembershipFactory

BOOKING = {"bookingType": "EARNBOOKING", "bookingTypeCode": "BDAY", "points": 5}


def test_account_details_statements(caller, django_assert_num_queries):
    membership = MembershipFactory(account=AccountFactory(program=caller.program))

    # Caller, account with all below it, coupons.
    with django_assert_num_queries(3):
        caller.get(f"/v3/accountdetails/{membership.account_id}")


def test_booking_statements(caller, django_assert_num_queries):
    membership = MembershipFactory(account=AccountFactory(program=caller.program))
    caller.post(f"/v2/accounts/{membership.account_id}/bookings", BOOKING)

    # Caller, account with program and place, lock with owner, line with balance, in the test's transaction.
    with django_assert_num_queries(4):
        caller.post(f"/v2/accounts/{membership.account_id}/bookings", BOOKING)
