"""The schemas of Braze's own eCommerce events. Braze does not say how it answers a breach; here it is
an error of the object.

https://www.braze.com/docs/user_guide/data/custom_data/recommended_events/ecommerce_events/
"""

import re
from collections.abc import Callable

from simulators.braze.refusals import Refusal
from simulators.json_values import Json

TEXT_LENGTH = 255
CURRENCY = re.compile(r"[A-Za-z]{3}")
# `cancel_reason` stands in the documentation's example of a cancelled order, but not among what is required.
ORDER = ("order_id", "total_value", "currency", "products", "source")
PRODUCT = ("product_id", "product_name", "variant_id", "quantity", "price")

SCHEMAS: dict[str, tuple[str, ...]] = {
    "ecommerce.product_viewed": ("product_id", "product_name", "variant_id", "price", "currency", "source"),
    "ecommerce.cart_updated": ("cart_id", "total_value", "currency", "products", "source"),
    "ecommerce.checkout_started": ("checkout_id", "total_value", "currency", "products", "source"),
    "ecommerce.order_placed": ORDER,
    "ecommerce.order_cancelled": ORDER,
    "ecommerce.order_refunded": ORDER,
}


def check_ecommerce(name: str, properties: Json) -> Refusal | None:
    given = properties if isinstance(properties, dict) else {}
    for field in SCHEMAS[name]:
        if given.get(field) is None:
            return _breach(f"'{field}' is required for '{name}'")
        if not FIELDS.get(field, _is_text)(given[field]):
            return _breach(f"'{field}' is not valid for '{name}'")
    return None


def _breach(sentence: str) -> Refusal:
    return Refusal(sentence, "INVALID_ECOMMERCE_EVENT")


def _is_text(value: Json) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= TEXT_LENGTH


def _is_amount(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _is_count(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_currency(value: Json) -> bool:
    return isinstance(value, str) and CURRENCY.fullmatch(value) is not None


def _are_products(value: Json) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_product, value))


def _is_product(product: Json) -> bool:
    return isinstance(product, dict) and all(FIELDS.get(field, _is_text)(product.get(field)) for field in PRODUCT)


FIELDS: dict[str, Callable[[Json], bool]] = {
    "total_value": _is_amount,
    "price": _is_amount,
    "quantity": _is_count,
    "currency": _is_currency,
    "products": _are_products,
}
