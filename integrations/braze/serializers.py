"""The bodies of Braze's webhooks."""

from typing import Any

from rest_framework import serializers

from integrations.inbound.errors import DoorError
from integrations.inbound.fields import Points, StrictSerializer, template_problem
from loyalty_api.contract import BookingType

MAX_BATCH = 500


class _Window(StrictSerializer):
    """An optional window of validity; a time without offset is UTC."""

    valid_from = serializers.DateTimeField(required=False, allow_null=True, default=None)
    valid_to = serializers.DateTimeField(required=False, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["valid_from"] and attrs["valid_to"] and attrs["valid_to"] <= attrs["valid_from"]:
            raise serializers.ValidationError({"valid_to": ["valid_to must be later than valid_from."]})
        return attrs


class AssignBody(_Window):
    account_id = serializers.CharField(max_length=128)


class BatchBody(_Window):
    account_ids = serializers.ListField(child=serializers.CharField(max_length=128), min_length=1, max_length=MAX_BATCH)

    def validate_account_ids(self, value: list[str]) -> list[str]:
        return list(dict.fromkeys(value))


class BookingBody(StrictSerializer):
    booking_type = serializers.ChoiceField(choices=[kind.value for kind in BookingType])
    booking_type_code = serializers.CharField(max_length=32)
    points = Points()
    reason = serializers.CharField(max_length=255, required=False, default="", allow_blank=True, allow_null=True)


class SubscriptionBody(StrictSerializer):
    account_id = serializers.CharField(max_length=128)
    status = serializers.ChoiceField(choices=["allowed", "declined"])
    optins = serializers.ListField(
        child=serializers.CharField(max_length=128), required=False, default=list, max_length=100, allow_null=True
    )


class CouponsQuery(serializers.Serializer[Any]):
    """`lang` falls back by itself, so any text is taken; `include=activatable` adds what lacks activation only."""

    lang = serializers.CharField(required=False, default="en", max_length=35)
    include = serializers.ChoiceField(choices=["activatable"], required=False, default="")


class LedgerQuery(serializers.Serializer[Any]):
    limit = serializers.IntegerField(required=False, default=20, min_value=1, max_value=50)


def rendered_account_id(text: str) -> str:
    """A member's id from the address."""
    if problem := template_problem(text):
        raise serializers.ValidationError({"account_id": [problem]})
    return text


def rendered_coupon_id(text: str) -> str:
    """A coupon's id from the address. Nothing with such an id exists, so that this is what it is called."""
    if problem := template_problem(text):
        raise DoorError(400, "coupon_not_found", problem, fields={"coupon_id": [problem]})
    return text
