"""What a receipt becomes besides its custom event."""

import pytest

from integrations.braze.config import ProductIdMode, RevenueMode
from tests.factories.braze import mapped, request_of
from tests.factories.events import canonical_event

ECOMMERCE = {"revenue_mode": RevenueMode.ECOMMERCE_EVENTS}
CATEGORY = {"product_id_mode": ProductIdMode.CATEGORY}


def receipt(**data):
    return canonical_event("ACCOUNT_TRANSACTION", data=data)


def purchase(event, **settings):
    [found] = request_of(event, **settings)["purchases"]
    return found


def line(group, amount, **more):
    return {"itemId": f"i-{group}", "merchandiseGroup": group, "quantity": 1, "extendedAmount": amount} | more


def test_reversal_is_a_purchase_with_a_negative_price():
    found = purchase(receipt(transactionId="t-2", originalTransactionId="t-1", amount=-49.9, points=-49, lineItems=[]))

    assert (found["product_id"], found["price"]) == ("t-2", -49.9)
    assert found["properties"] == {
        "transaction_id": "t-2",
        "original_transaction_id": "t-1",
        "points": -49,
        "event_id": "01JNB6P8Q00000000000000009",
    }


def test_paying_with_points_is_no_purchase():
    request = request_of(receipt(transactionType="PAYWITHPOINTSTRANSACTION"))

    assert set(request) == {"events"}
    assert request["events"][0]["properties"]["transaction_id"] == "t-1"


@pytest.mark.parametrize(("sent", "currency"), [(None, "CHF"), ("", "CHF"), ("eur ", "EUR"), ("USD", "USD")])
def test_currency_is_the_programs_where_none_is_told(sent, currency):
    event = receipt(currency=sent)

    assert purchase(event)["currency"] == currency
    assert mapped(event).notes == ()


@pytest.mark.parametrize("sent", ["EURO", "XXQ", " ", 978, ["EUR"]])
@pytest.mark.parametrize("settings", [{}, CATEGORY, ECOMMERCE])
def test_amount_in_an_unknown_currency_is_no_purchase(sent, settings):
    event = receipt(currency=sent)

    request = request_of(event, **settings)

    assert [found["name"] for found in request["events"]] == ["convercus_account_transaction"]
    assert "purchases" not in request
    assert "purchase: left out, the currency is not one that is in use" in mapped(event, **settings).notes


@pytest.mark.parametrize("type_", ["EarnTransaction", " EARNTRANSACTION", "earntransaction"])
def test_earning_is_known_in_any_spelling(type_):
    assert purchase(receipt(transactionType=type_))["price"] == 49.9


@pytest.mark.parametrize("type_", [None, "", 1, ["EARNTRANSACTION"]])
def test_receipt_of_no_known_type_is_no_purchase(type_):
    assert set(request_of(receipt(transactionType=type_))) == {"events"}


@pytest.mark.parametrize(
    ("sent", "time", "is_noted"),
    [
        ("2026-03-02T10:14:55+01:00", "2026-03-02T09:14:55.000Z", False),
        (None, "2026-03-02T09:15:02.114Z", False),
        ("2026-03-02T09:14:55", "2026-03-02T09:15:02.114Z", True),
        ("2026-03-02", "2026-03-02T09:15:02.114Z", True),
        ("yesterday at noon", "2026-03-02T09:15:02.114Z", True),
        ("0001-01-01T00:00:00+15:00", "2026-03-02T09:15:02.114Z", True),
        (1772442895, "2026-03-02T09:15:02.114Z", True),
    ],
)
def test_time_falls_back_to_the_events(sent, time, is_noted):
    event = receipt(transactionTime=sent)

    assert purchase(event)["time"] == time
    assert ("transactionTime: not a time with an offset, the event's is sent" in mapped(event).notes) is is_noted


@pytest.mark.parametrize("amount", [None, "", "much", True, float("nan"), [1]])
def test_receipt_without_a_valid_amount_is_no_purchase(amount):
    event = receipt(amount=amount)

    assert set(request_of(event)) == {"events"}
    assert "purchase: left out, the receipt has no valid amount" in mapped(event).notes


def test_amount_that_came_as_text_is_a_price():
    assert purchase(receipt(amount="12.50"))["price"] == 12.5


def test_receipt_over_nothing_is_a_purchase_over_nothing():
    assert purchase(receipt(amount=0))["price"] == 0


@pytest.mark.parametrize("id_", [None, "", " ", {"id": 1}])
def test_receipt_without_an_id_is_no_purchase_of_that_name(id_):
    event = receipt(transactionId=id_)

    assert set(request_of(event)) == {"events"}
    assert "purchase: left out, the receipt has no valid transactionId" in mapped(event).notes
    assert purchase(event, product_id_mode=ProductIdMode.FIXED_NAME)["product_id"] == "Completed Order"


def test_product_can_have_one_name():
    settings = {"product_id_mode": ProductIdMode.FIXED_NAME, "product_name": "Receipt"}

    assert purchase(receipt(), **settings)["product_id"] == "Receipt"


@pytest.mark.parametrize("amount", [49.9, 50.0, -49.9, 0.01])
def test_groups_of_goods_become_purchases_that_add_up(amount):
    purchases = request_of(receipt(amount=amount), **CATEGORY)["purchases"]

    assert [found["product_id"] for found in purchases] == ["shoes", "care"]
    assert round(sum(found["price"] for found in purchases), 2) == amount
    assert purchases[0]["properties"]["line_items"][0]["item_id"] == "i-1"


def test_more_than_three_groups_become_three_purchases():
    lines = [line(f"g{number}", 10.1 * number) for number in range(1, 7)]
    event = receipt(amount=212.1, lineItems=lines)

    purchases = request_of(event, **CATEGORY)["purchases"]

    assert [found["product_id"] for found in purchases] == ["g6", "g5", "g4"]
    assert round(sum(found["price"] for found in purchases), 2) == 212.1
    assert len(purchases[2]["properties"]["line_items"]) == 4
    assert mapped(event, **CATEGORY).notes == ("lineItems: the purchases of 6 groups were put into 3",)


def test_amounts_too_large_to_add_up_are_one_purchase():
    event = receipt(lineItems=[line("a", 1e308), line("a", 1e308), line("b", 1.0)])

    found = purchase(event, **CATEGORY)

    assert (found["product_id"], found["price"]) == ("Completed Order", 49.9)
    assert (
        "lineItems: one purchase is sent, their amounts are too large to be added up" in mapped(event, **CATEGORY).notes
    )


def test_receipt_without_groups_is_one_purchase():
    assert purchase(receipt(lineItems=None), **CATEGORY)["product_id"] == "Completed Order"
    assert purchase(receipt(lineItems=[line("", 49.9)]), **CATEGORY)["product_id"] == "Completed Order"


@pytest.mark.parametrize("mode", [RevenueMode.CUSTOM_EVENT_ONLY, RevenueMode.OFF])
def test_revenue_can_be_left_to_the_custom_event(mode):
    request = request_of(receipt(), revenue_mode=mode)

    assert [found["name"] for found in request["events"]] == ["convercus_account_transaction"]
    assert set(request) == {"events"}


def test_order_is_an_ecommerce_event():
    _custom, order = request_of(receipt(), **ECOMMERCE)["events"]

    assert (order["name"], order["time"]) == ("ecommerce.order_placed", "2026-03-02T09:14:55.000Z")
    assert order["properties"] == {
        "order_id": "t-1",
        "total_value": 49.9,
        "currency": "EUR",
        "products": [
            {
                "product_id": "i-1",
                "product_name": "Trail shoe",
                "variant_id": "i-1",
                "quantity": 1,
                "price": 45.0,
                "metadata": {"merchandise_group": "shoes"},
            },
            {
                "product_id": "i-2",
                "product_name": "Wax",
                "variant_id": "i-2",
                "quantity": 2,
                "price": 2.45,
                "metadata": {"merchandise_group": "care"},
            },
        ],
        "source": "Convercus",
        "metadata": {"event_id": "01JNB6P8Q00000000000000009", "transaction_id": "t-1", "points": 49},
    }


def test_reversal_is_a_refund_of_the_order():
    event = receipt(transactionId="t-2", originalTransactionId="t-1", amount=-49.9, lineItems=[line("a", -49.9)])

    _custom, refund = request_of(event, **ECOMMERCE)["events"]

    assert refund["name"] == "ecommerce.order_refunded"
    assert (refund["properties"]["order_id"], refund["properties"]["total_value"]) == ("t-1", 49.9)
    assert refund["properties"]["products"][0]["price"] == 49.9


@pytest.mark.parametrize(
    ("amount", "name", "products"),
    [
        (30.0, "ecommerce.order_placed", ["i-bought"]),
        (0, "ecommerce.order_placed", ["i-bought"]),
        (-5.0, "ecommerce.order_refunded", ["i-returned"]),
    ],
)
def test_line_that_goes_the_other_way_is_no_product(amount, name, products):
    event = receipt(amount=amount, lineItems=[line("bought", 40.0), line("returned", -10.0)])

    order = request_of(event, **ECOMMERCE)["events"][1]

    assert (order["name"], order["properties"]["total_value"]) == (name, abs(amount))
    assert [product["product_id"] for product in order["properties"]["products"]] == products
    assert "lineItems: 1 were left out of the order, their amounts go the other way" in mapped(event, **ECOMMERCE).notes


def test_refund_whose_lines_are_positive_keeps_them():
    event = receipt(amount=-40.0, lineItems=[line("a", 40.0)])

    [product] = request_of(event, **ECOMMERCE)["events"][1]["properties"]["products"]

    assert (product["product_id"], product["price"]) == ("i-a", 40.0)


@pytest.mark.parametrize(("quantity", "count"), [(1.5, 1), (3.0, 3), (0, 1), (-2, 1), (None, 1), ("2", 1), (10**7, 1)])
def test_quantity_of_an_order_is_a_count(quantity, count):
    event = receipt(lineItems=[line("a", 6.0, quantity=quantity)])

    [product] = request_of(event, **ECOMMERCE)["events"][1]["properties"]["products"]

    assert (product["quantity"], product["price"]) == (count, 6.0 / count)


def test_order_without_lines_has_one_product():
    [product] = request_of(receipt(lineItems=[]), **ECOMMERCE)["events"][1]["properties"]["products"]

    assert product == {
        "product_id": "Completed Order",
        "product_name": "Completed Order",
        "variant_id": "Completed Order",
        "quantity": 1,
        "price": 49.9,
    }


def test_order_over_100_kb_has_one_product():
    event = receipt(lineItems=[line("g", 1.0, itemId=f"i-{number}", description="x" * 250) for number in range(400)])

    order = request_of(event, **ECOMMERCE)["events"][1]

    assert [product["product_name"] for product in order["properties"]["products"]] == ["Completed Order"]
    assert "lineItems: left out, the order was larger than 100 KB" in mapped(event, **ECOMMERCE).notes


def test_paying_with_points_is_no_order():
    event = receipt(transactionType="PAYWITHPOINTSTRANSACTION")

    assert len(request_of(event, **ECOMMERCE)["events"]) == 1
