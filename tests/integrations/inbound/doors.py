"""Every door, and a body that one of them takes."""

import pytest

BOOKING = {"booking_type": "EARNBOOKING", "booking_type_code": "X", "points": 5}
# Every door: method, path, and the scope that a key needs.
DOORS = [
    ("POST", "campaigns/c-1/assign", "assign"),
    ("POST", "campaigns/c-1/assign/batch", "assign"),
    ("GET", "campaigns/batches/5f0f9a3e-0c59-4a3b-8f7e-0d9a6f2f1a11", "assign"),
    ("POST", "members/a-1/bookings", "book"),
    ("POST", "subscriptions/email", "subscriptions"),
    ("GET", "members/a-1/profile", "profile"),
    ("GET", "members/a-1/coupons", "coupons"),
    ("GET", "members/a-1/ledger", "profile"),
    ("POST", "events", "events"),
]
each_door = pytest.mark.parametrize(("method", "path", "scope"), DOORS)
