import pytest

from simulators.braze.batch import Item
from simulators.braze.items import check_item

PRODUCT = {"product_id": "p", "product_name": "Shirt", "variant_id": "v", "quantity": 1, "price": 9.5}
ORDER = {"order_id": "o-1", "total_value": 9.5, "currency": "EUR", "products": [PRODUCT], "source": "pos"}
CART = {name: value for name, value in ORDER.items() if name != "order_id"}
VIEWED = {"product_id": "p", "product_name": "n", "variant_id": "v", "price": 0, "currency": "EUR", "source": "web"}


def check(name, properties):
    event = {"external_id": "m", "name": name, "time": "2026-05-04T10:15:00Z", "properties": properties}
    return check_item(Item("events", 0, event))


@pytest.mark.parametrize(
    ("name", "properties"),
    [
        ("ecommerce.order_placed", ORDER | {"total_discounts": 1, "metadata": {"a": 1}}),
        ("ecommerce.order_refunded", ORDER | {"total_value": 0}),
        ("ecommerce.order_cancelled", ORDER | {"cancel_reason": "late"}),
        ("ecommerce.cart_updated", CART | {"cart_id": "c"}),
        ("ecommerce.checkout_started", CART | {"checkout_id": "c"}),
        ("ecommerce.product_viewed", VIEWED),
        ("ecommerce.of_our_own", {}),
    ],
)
def test_check_accepts_what_fits_the_schema(name, properties):
    assert check(name, properties) is None


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"order_id": None}, "'order_id' is required"),
        ({"order_id": " "}, "'order_id' is not valid"),
        ({"order_id": 5}, "'order_id' is not valid"),
        ({"total_value": -1}, "'total_value' is not valid"),
        ({"total_value": "9.5"}, "'total_value' is not valid"),
        ({"total_value": True}, "'total_value' is not valid"),
        ({"currency": "Euro"}, "'currency' is not valid"),
        ({"source": "x" * 256}, "'source' is not valid"),
        ({"products": []}, "'products' is not valid"),
        ({"products": ["p"]}, "'products' is not valid"),
        ({"products": [PRODUCT | {"price": -1}]}, "'products' is not valid"),
        ({"products": [PRODUCT | {"quantity": 1.5}]}, "'products' is not valid"),
        ({"products": [PRODUCT | {"variant_id": None}]}, "'products' is not valid"),
    ],
)
def test_check_refuses_a_breach_of_the_schema(changed, words):
    refusal = check("ecommerce.order_placed", ORDER | changed)

    assert words in refusal
    assert refusal.code == "INVALID_ECOMMERCE_EVENT"


def test_check_refuses_an_order_without_properties():
    assert "'order_id' is required" in check("ecommerce.order_placed", None)
