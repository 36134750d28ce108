"""What a receipt becomes besides its custom event: purchases, an eCommerce event, or nothing.

https://www.braze.com/docs/api/objects_filters/purchase_object and
https://www.braze.com/docs/user_guide/data/activation/custom_data/recommended_events/ecommerce_events
"""

from collections.abc import Mapping, Sequence
from math import isfinite

import msgspec
import orjson

from integrations.braze.config import BrazeConfig, ProductIdMode, RevenueMode
from integrations.braze.mapping.currencies import CURRENCIES
from integrations.braze.mapping.names import MAX_TEXT
from integrations.braze.mapping.values import (
    MAX_OBJECT_BYTES,
    Attributes,
    Notes,
    iso,
    plain_number,
    plain_text,
    read_moment,
)
from loyalty_api.contract import Json, LoyaltyEvent

# With its attributes and its custom event, what one receipt becomes fits into a request of five objects.
MAX_PURCHASES = 3
_SOURCE = "Convercus"
_EARNING = "EARNTRANSACTION"
_MAX_QUANTITY = 1_000_000
# So few cannot be too large; an order without products would be none, so that they cannot simply be left out.
_FEW_PRODUCTS = 15
_PRODUCTS_BYTES = MAX_OBJECT_BYTES - 10 * 1024


class Receipt(msgspec.Struct, frozen=True):
    """An earning receipt, checked. A reversal has a negative amount."""

    event_id: str
    id: str
    original_id: str
    amount: float
    currency: str
    time: str
    points: Json
    lines: Sequence[Attributes]


class RevenueRules:
    """For one configuration: which objects of which array an earning receipt becomes."""

    def __init__(self, config: BrazeConfig) -> None:
        self._mode = config.revenue_mode
        self._id_mode = config.product_id_mode
        self._product_name = config.product_name[:MAX_TEXT]
        self._currency = config.currency
        self._needs_id = self._mode == RevenueMode.ECOMMERCE_EVENTS or self._id_mode == ProductIdMode.TRANSACTION_ID
        self.array = {RevenueMode.PURCHASES: "purchases", RevenueMode.ECOMMERCE_EVENTS: "events"}.get(self._mode, "")

    def objects(self, event: LoyaltyEvent, lines: Sequence[Attributes], notes: Notes) -> list[Attributes]:
        """Without the profile. Points that are paid with are no revenue."""
        if not self.array or not _is_earning(event.data.get("transactionType")):
            return []
        receipt = self._read(event, lines, notes)
        if receipt is None:
            return []
        if self._mode == RevenueMode.ECOMMERCE_EVENTS:
            return [self._order(receipt, notes)]
        return [self._purchase(receipt, *part) for part in self._parts(receipt, notes)]

    def _read(self, event: LoyaltyEvent, lines: Sequence[Attributes], notes: Notes) -> Receipt | None:
        data = event.data
        amount = plain_number(data.get("amount"), "amount", notes)
        transaction_id = plain_text(data.get("transactionId"), "transactionId", notes)
        if amount is None or (not transaction_id and self._needs_id):
            missing = "amount" if amount is None else "transactionId"
            notes.append(f"purchase: left out, the receipt has no valid {missing}")
            return None
        currency = self._read_currency(data)
        if not currency:
            notes.append("purchase: left out, the currency is not one that is in use")
            return None
        points = plain_number(data.get("points"), "points", notes)
        original_id = plain_text(data.get("originalTransactionId"), "originalTransactionId", notes)
        return Receipt(
            event_id=event.event_id,
            id=transaction_id or "",
            original_id=original_id or "",
            amount=float(amount),
            currency=currency,
            time=_read_time(event, notes),
            points=points,
            lines=lines,
        )

    def _read_currency(self, data: Mapping[str, Json]) -> str:
        """The program's where none is told; empty when what is told is none, for the amount is in something else."""
        value = data.get("currency")
        if value is None or value == "":
            return self._currency
        code = value if type(value) is str else ""
        if code not in CURRENCIES:
            code = code.strip().upper()
        return code if code in CURRENCIES else ""

    def _parts(self, receipt: Receipt, notes: Notes) -> list[tuple[str, float, Sequence[Attributes]]]:
        """Product, price and lines of each purchase; the prices add up to the amount."""
        if self._id_mode == ProductIdMode.TRANSACTION_ID:
            return [(receipt.id, receipt.amount, receipt.lines)]
        groups: dict[str, list[Attributes]] = {}
        if self._id_mode == ProductIdMode.CATEGORY:
            for line in receipt.lines:
                groups.setdefault(str(line.get("merchandise_group") or self._product_name), []).append(line)
        if not groups:
            return [(self._product_name, receipt.amount, receipt.lines)]
        if len(groups) > MAX_PURCHASES:
            notes.append(f"lineItems: the purchases of {len(groups)} groups were put into {MAX_PURCHASES}")
        parts = _split(receipt.amount, groups)
        if not all(isfinite(price) for _name, price, _lines in parts):
            notes.append("lineItems: one purchase is sent, their amounts are too large to be added up")
            return [(self._product_name, receipt.amount, receipt.lines)]
        return parts

    def _purchase(self, receipt: Receipt, product: str, price: float, lines: Sequence[Attributes]) -> Attributes:
        return {
            "product_id": product,
            "currency": receipt.currency,
            "price": price,
            "quantity": 1,
            "time": receipt.time,
            "properties": receipt_properties(receipt, lines),
        }

    def _order(self, receipt: Receipt, notes: Notes) -> Attributes:
        """Orders and refunds have no negative values; what is taken back names the order that it belongs to."""
        is_refund = receipt.amount < 0
        total = abs(receipt.amount)
        products = [_product(line) for line in _lines_of_order(receipt, notes)]
        if len(products) > _FEW_PRODUCTS and len(orjson.dumps(products)) > _PRODUCTS_BYTES:
            notes.append("lineItems: left out, the order was larger than 100 KB")
            products = []
        whole = {"product_id": self._product_name, "product_name": self._product_name}
        one = whole | {"variant_id": self._product_name, "quantity": 1, "price": total}
        metadata = {"event_id": receipt.event_id, "transaction_id": receipt.id, "points": receipt.points}
        return {
            "name": "ecommerce.order_refunded" if is_refund else "ecommerce.order_placed",
            "time": receipt.time,
            "properties": {
                "order_id": (receipt.original_id if is_refund else "") or receipt.id,
                "total_value": total,
                "currency": receipt.currency,
                "products": products or [one],
                "source": _SOURCE,
                "metadata": {name: value for name, value in metadata.items() if value is not None},
            },
        }


def _is_earning(type_: Json) -> bool:
    return type_ == _EARNING or (type(type_) is str and type_.strip().upper() == _EARNING)


def _lines_of_order(receipt: Receipt, notes: Notes) -> list[Attributes]:
    """What was returned within a purchase, or bought within a refund, is in the total but is no product of it."""
    named = [line for line in receipt.lines if line.get("item_id") or line.get("description")]
    if receipt.amount >= 0:
        kept = [line for line in named if _amount(line) >= 0]
    else:
        # Some tills write what is taken back with positive amounts under a negative total.
        kept = [line for line in named if _amount(line) <= 0] or named
    if len(kept) < len(named):
        notes.append(f"lineItems: {len(named) - len(kept)} were left out of the order, their amounts go the other way")
    return kept


def receipt_properties(receipt: Receipt, lines: Sequence[Attributes]) -> Attributes:
    found: Attributes = {"transaction_id": receipt.id} if receipt.id else {}
    if receipt.original_id:
        found["original_transaction_id"] = receipt.original_id
    if receipt.points is not None:
        found["points"] = receipt.points
    if lines:
        found["line_items"] = lines
    found["event_id"] = receipt.event_id
    return found


def _split(amount: float, groups: Mapping[str, Sequence[Attributes]]) -> list[tuple[str, float, Sequence[Attributes]]]:
    """The largest groups come first; the last purchase takes all others, and what the lines do not add up to."""
    sums = {name: round(sum(_amount(line) for line in lines), 2) for name, lines in groups.items()}
    names = sorted(groups, key=lambda name: -abs(sums[name]))
    first, rest = names[: MAX_PURCHASES - 1], names[MAX_PURCHASES - 1 :]
    if not rest:
        first, rest = first[:-1], first[-1:]
    parts: list[tuple[str, float, Sequence[Attributes]]] = [(name, sums[name], groups[name]) for name in first]
    left = round(amount - sum(sums[name] for name in first), 2)
    return [*parts, (rest[0], left, [line for name in rest for line in groups[name]])]


def _product(line: Attributes) -> Attributes:
    quantity: Json = line.get("quantity")
    # Weights are no quantities: 1.5 kg is one piece at the price of the line.
    is_count = type(quantity) in (int, float) and quantity == int(quantity) and 1 <= quantity <= _MAX_QUANTITY
    count = int(quantity) if is_count else 1
    item_id = str(line.get("item_id") or line["description"])
    product: Attributes = {
        "product_id": item_id,
        "product_name": str(line.get("description") or item_id),
        "variant_id": item_id,
        "quantity": count,
        "price": round(abs(_amount(line)) / count, 4),
    }
    if group := line.get("merchandise_group"):
        product["metadata"] = {"merchandise_group": group}
    return product


def _amount(line: Attributes) -> float:
    amount: Json = line.get("amount")
    return float(amount) if type(amount) in (int, float) else 0.0


def _read_time(event: LoyaltyEvent, notes: Notes) -> str:
    value = event.data.get("transactionTime")
    if value in (None, ""):
        return iso(event.occurred_at)
    moment = read_moment(value)
    if moment is None:
        notes.append("transactionTime: not a time with an offset, the event's is sent")
    return iso(moment or event.occurred_at)
