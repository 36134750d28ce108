"""Reads the plainest form of a body at once. Whatever is not plain, right or wrong, is the serializer's."""

from typing import Annotated, Any, Literal

import msgspec

from loyalty_api.contract import Json
from loyalty_api.engine.points import MAX_POINTS

# The serializer would take spaces away at both ends.
_TRIMMED = r"\A(?!\s)[\s\S]*(?<!\s)\Z"


class _Booking(msgspec.Struct, rename="camel"):
    booking_type: Literal["EARNBOOKING", "BURNBOOKING"]
    booking_type_code: Annotated[str, msgspec.Meta(min_length=1, max_length=32, pattern=_TRIMMED)]
    points: Annotated[int, msgspec.Meta(ge=1, le=MAX_POINTS)]
    reason: Annotated[str, msgspec.Meta(max_length=255, pattern=_TRIMMED)] = ""
    reference_id: Annotated[str, msgspec.Meta(max_length=128, pattern=_TRIMMED)] = ""
    external_id: Annotated[str, msgspec.Meta(max_length=128, pattern=_TRIMMED)] = ""
    # A moment wants the program's time zone.
    value_time: None = None
    locked_until: None = None
    braze_campaign_id: Annotated[str, msgspec.Meta(max_length=128, pattern=_TRIMMED)] = ""


def plain_booking(body: Json) -> dict[str, Any] | None:
    """The fields as `BookingSerializer` gives them, or None."""
    try:
        return msgspec.structs.asdict(msgspec.convert(body, _Booking))
    except msgspec.ValidationError:
        return None
