"""The bodies of bookings and receipts."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from loyalty_api.api.serializers import ID_LENGTH, CamelSerializer
from loyalty_api.contract import BookingType
from loyalty_api.engine.points import MAX_POINTS

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
MAX_LINES = 2000
# Of the text; three bytes of an image are four letters.
MAX_IMAGE_LENGTH = 3 * 1024 * 1024


class MomentField(serializers.DateTimeField):
    """Null is as good as absent. A moment out of all reason is refused, because none can be computed from it."""

    latest = LATEST

    def __init__(self) -> None:
        super().__init__(required=False, allow_null=True, default=None)

    def to_internal_value(self, value: Any) -> datetime:
        try:
            found: datetime = super().to_internal_value(value)
            if EARLIEST < found < self.latest:
                return found
        except OverflowError:
            # At the calendar's end a moment of one zone does not exist in another.
            pass
        raise serializers.ValidationError("This moment is too far away.")


class OptionalText(serializers.CharField):
    """Absent, null and empty are the same."""

    def __init__(self, *, max_length: int) -> None:
        super().__init__(default="", allow_null=True, allow_blank=True, max_length=max_length)

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return super().validate_empty_values("" if data is None else data)


class Base64Field(serializers.RegexField):
    """Absent, null and empty are the same."""

    def __init__(self) -> None:
        super().__init__(
            r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\Z",
            default="",
            allow_null=True,
            allow_blank=True,
            max_length=MAX_IMAGE_LENGTH,
            error_messages={"invalid": "This is no base64."},
        )


class BookingSerializer(CamelSerializer):
    booking_type = serializers.ChoiceField([kind.value for kind in BookingType])
    booking_type_code = serializers.CharField(max_length=32)
    points = serializers.IntegerField(min_value=1, max_value=MAX_POINTS)
    reason = OptionalText(max_length=255)
    reference_id = OptionalText(max_length=128)
    external_id = OptionalText(max_length=128)
    value_time = MomentField()
    locked_until = MomentField()
    # Comes back with the event of the booking.
    braze_campaign_id = OptionalText(max_length=128)


class LevelBookingSerializer(CamelSerializer):
    points = serializers.IntegerField(min_value=-MAX_POINTS, max_value=MAX_POINTS)
    reason = OptionalText(max_length=255)


class RatingLevelSerializer(CamelSerializer):
    rating_level = serializers.CharField(max_length=120)
    valid_to = MomentField()


class LineItemSerializer(CamelSerializer):
    extended_amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    line_item_type = serializers.ChoiceField(["SALE", "RETURN"], source="kind", default="SALE")
    item_id = OptionalText(max_length=128)
    merchandise_group = OptionalText(max_length=128)
    description = OptionalText(max_length=255)
    quantity = serializers.DecimalField(default=Decimal(1), max_digits=12, decimal_places=3)
    unit_price = serializers.DecimalField(default=None, allow_null=True, max_digits=14, decimal_places=4)


class TenderItemSerializer(CamelSerializer):
    tender_type = serializers.CharField(max_length=64)
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, coerce_to_string=False)

    def to_internal_value(self, data: Any) -> Any:
        """In the form that is stored and given back."""
        fields = super().to_internal_value(data)
        return {"tenderType": fields["tender_type"], "amount": str(fields["amount"])}


class LinkedTransactionSerializer(CamelSerializer):
    transaction_id = OptionalText(max_length=ID_LENGTH)
    external_id = OptionalText(max_length=128)


class TransactionSerializer(CamelSerializer):
    program = OptionalText(max_length=64)
    transaction_type = serializers.CharField(max_length=32)
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    transaction_time = MomentField()
    value_time = MomentField()
    external_id = OptionalText(max_length=128)
    currency_code = serializers.RegexField(r"^[A-Z]{3}\Z", default="", allow_blank=True, allow_null=True)
    line_items = serializers.ListField(
        child=LineItemSerializer(), required=False, allow_null=True, max_length=MAX_LINES
    )
    tender_items = serializers.ListField(
        child=TenderItemSerializer(), required=False, allow_null=True, max_length=MAX_LINES
    )
    linked_transaction = LinkedTransactionSerializer(required=False, allow_null=True)
    receipt_image_data = Base64Field()
    receipt_image_url = OptionalText(max_length=500)
    reason = OptionalText(max_length=255)
