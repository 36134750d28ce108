"""What a till sends: a receipt, checked for itself and kept as it came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from loyalty_api.contract import Json, LineItem, LoyaltyError, NotFound
from loyalty_api.engine import records
from loyalty_api.engine.models import ProgramRules, ReceiptImage, Transaction, TransactionStatus
from selfservice.programs.models import Program

EARN = "EARNTRANSACTION"
PAY = "PAYWITHPOINTSTRANSACTION"
# The second is how newer tills spell it.
TYPES = {EARN: EARN, PAY: PAY, "PAYWITHPOINTS": PAY}
RETURN_LINE = "RETURN"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A finished receipt. `original_*` name the one whose goods, or whose payment, come back.

    Goods come back in RETURN lines, or, on a receipt without lines, by a negative amount.
    """

    amount: Decimal
    transaction_type: str = EARN
    currency: str = ""
    transaction_time: datetime | None = None
    value_at: datetime | None = None
    external_id: str = ""
    original_transaction_id: str = ""
    original_external_id: str = ""
    reason: str = ""
    interaction_id: str = ""
    line_items: Sequence[LineItem] = ()
    tender_items: Sequence[Mapping[str, Json]] = ()
    receipt_image_url: str = ""
    receipt_image: bytes = b""

    def lines(self) -> Sequence[LineItem]:
        """A receipt without lines counts as one."""
        kind = RETURN_LINE if self.amount < 0 else "SALE"
        return self.line_items or (LineItem(extended_amount=self.amount, kind=kind),)


def sound(receipt: Receipt) -> Receipt:
    """As it is rated. Some tills print what comes back without a sign: it takes points back all the same, and the
    amount may be the sum with or without the signs.

    Raises LoyaltyError: TRANSACTION_TYPE_UNSUPPORTED, AMOUNT_MISMATCH.
    """
    if receipt.transaction_type not in TYPES:
        raise LoyaltyError("TRANSACTION_TYPE_UNSUPPORTED", f"A receipt is an {EARN} or a {PAY}.")
    read = _signed(receipt)
    totals = {sum((line.extended_amount for line in one.line_items), Decimal(0)) for one in (receipt, read)}
    if receipt.line_items and receipt.amount not in totals:
        shown = " or ".join(str(total) for total in sorted(totals))
        raise LoyaltyError("AMOUNT_MISMATCH", f"The amount is {receipt.amount}, the lines add up to {shown}.")
    return read


def received(
    program: Program, receipt: Receipt, *, rules: ProgramRules, now: datetime, for_update: bool
) -> Transaction:
    """The row, not saved and not rated. `for_update` locks the original receipt, after the account: what comes back of
    it and who gets it is decided one after the other.

    Raises NotFound for an original receipt that is not there, or LoyaltyError: CURRENCY_UNKNOWN.
    """
    if receipt.currency.upper() not in ("", program.currency):
        raise LoyaltyError("CURRENCY_UNKNOWN", f"The program's currency is {program.currency}.")
    return Transaction(
        program=program,
        status=TransactionStatus.RECEIVED,
        transaction_type=TYPES[receipt.transaction_type],
        amount=receipt.amount,
        currency=program.currency,
        transaction_time=receipt.transaction_time or now,
        value_at=receipt.value_at,
        external_id=receipt.external_id,
        is_external_id_unique=rules.external_id_unique,
        original=_original(program, receipt, for_update=for_update),
        reason=receipt.reason,
        line_items=[records.stored_line(line) for line in receipt.line_items],
        tender_items=list(receipt.tender_items),
        receipt_image_url=receipt.receipt_image_url,
        interaction_id=receipt.interaction_id,
        created_at=now,
    )


def keep_image(row: Transaction, receipt: Receipt) -> None:
    """After the row was stored."""
    if receipt.receipt_image:
        ReceiptImage.objects.create(transaction=row, data=receipt.receipt_image)


def receipt_of(row: Transaction) -> Receipt:
    """A stored receipt, without its link: that is followed already."""
    return _signed(
        Receipt(
            amount=row.amount,
            transaction_type=row.transaction_type,
            transaction_time=row.transaction_time,
            reason=row.reason,
            interaction_id=row.interaction_id,
            line_items=[records.line_item(line) for line in row.line_items],
        )
    )


def _signed(receipt: Receipt) -> Receipt:
    """Of a payment with points the amount counts, and its lines decide nothing."""
    lines = [
        replace(line, extended_amount=-abs(line.extended_amount)) if line.kind == RETURN_LINE else line
        for line in receipt.line_items
    ]
    is_purchase = TYPES[receipt.transaction_type] == EARN
    amount = sum((line.extended_amount for line in lines), Decimal(0)) if lines and is_purchase else receipt.amount
    return replace(receipt, amount=amount, line_items=lines)


def _original(program: Program, receipt: Receipt, *, for_update: bool) -> Transaction | None:
    if not receipt.original_transaction_id and not receipt.original_external_id:
        return None
    rows = Transaction.objects.filter(program=program)
    if receipt.original_transaction_id:
        rows = rows.filter(id=receipt.original_transaction_id)
    if receipt.original_external_id:
        rows = rows.filter(external_id=receipt.original_external_id)
    rows = rows.select_for_update(no_key=True) if for_update else rows
    original = rows.order_by("-id").first()
    if original is None:
        raise NotFound("TRANSACTION_NOT_FOUND", "The original receipt is not known in this program.")
    return original
