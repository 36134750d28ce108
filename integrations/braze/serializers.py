"""The bodies of Braze's webhooks."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from rest_framework import serializers

from integrations.inbound.errors import DoorError
from integrations.inbound.fields import BoundedList, Points, StrictSerializer, template_problem
from loyalty_api.contract import BookingType

MAX_BATCH = 500
_LAST_SECOND = time(23, 59, 59)
NO_OPTINS = "Name at least one opt-in. Leave optins out to take those that are chosen on the Braze card."


class _DayOrTime(serializers.DateTimeField):
    """As it was given: a day, a time of the program's zone, or a time with an offset. `window_in` tells the moment."""

    default_error_messages = {
        "invalid": (
            "Give a day like 2026-12-31, a time of the program's time zone like 2026-12-31T18:00:00, "
            "or a time with an offset like 2026-12-31T18:00:00+01:00."
        )
    }

    def to_internal_value(self, value: Any) -> Any:
        text = value.strip() if isinstance(value, str) else ""
        for read in (date.fromisoformat, datetime.fromisoformat):
            try:
                return read(text)
            except ValueError:
                continue
        return self.fail("invalid")


class _Window(StrictSerializer):
    """An optional window of validity."""

    valid_from = _DayOrTime(required=False, allow_null=True, default=None)
    valid_to = _DayOrTime(required=False, allow_null=True, default=None)


class AssignBody(_Window):
    account_id = serializers.CharField(max_length=128)


class BatchBody(_Window):
    account_ids = BoundedList(child=serializers.CharField(max_length=128), min_length=1, max_length=MAX_BATCH)

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
    # Nobody who names no channel may mean all that the card names: only who says nothing of them gets those.
    optins = BoundedList(
        child=serializers.CharField(max_length=128),
        required=False,
        default=None,
        max_length=100,
        allow_empty=False,
        error_messages={"empty": NO_OPTINS, "null": NO_OPTINS},
    )


def window_in(zone: ZoneInfo, body: Mapping[str, Any]) -> dict[str, datetime | None]:
    """`valid_from` and `valid_to`; a day lasts from its first second to its last. Raises ValidationError."""
    starts_at = _moment(body, "valid_from", time.min, zone)
    ends_at = _moment(body, "valid_to", _LAST_SECOND, zone)
    if starts_at and ends_at and ends_at <= starts_at:
        raise serializers.ValidationError({"valid_to": ["valid_to must be later than valid_from."]})
    return {"valid_from": starts_at, "valid_to": ends_at}


def _moment(body: Mapping[str, Any], name: str, of_a_day: time, zone: ZoneInfo) -> datetime | None:
    given: date | None = body[name]
    if given is None:
        return None
    found = given if isinstance(given, datetime) else datetime.combine(given, of_a_day)
    try:
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        raise serializers.ValidationError({name: ["Such a time cannot be stored."]}) from None


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
