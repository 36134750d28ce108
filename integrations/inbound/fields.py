"""Serializer fields for what marketing tools send: templates render text, and sometimes render nothing."""

import re
from typing import Any

from rest_framework import serializers

MAX_POINTS = 1_000_000_000
_LIQUID = re.compile(r"\{\{|\}\}|\{%")


class RenderedText(serializers.CharField):
    """A text that must not hold a template's leftovers."""

    def to_internal_value(self, data: Any) -> str:
        text: str = super().to_internal_value(data)
        refuse_liquid(text)
        return text


class Points(serializers.Field[int, Any, int, Any]):
    """A whole number from 1, as a number or as digits: Liquid renders text."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str):
            refuse_liquid(data)
            data = int(data) if re.fullmatch(r"[0-9]{1,12}", data.strip()) else None
        if isinstance(data, bool) or not isinstance(data, int) or not 1 <= data <= MAX_POINTS:
            raise serializers.ValidationError(f"Give a whole number from 1 to {MAX_POINTS:,}.")
        return data

    def to_representation(self, value: int) -> int:
        return value


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know, so that a misspelt optional one is noticed.

    `braze_campaign_id` and `dispatch_id` go with every write.
    """

    braze_campaign_id = RenderedText(max_length=128, required=False, default="", allow_blank=True, allow_null=True)
    dispatch_id = RenderedText(max_length=128, required=False, default="", allow_blank=True, allow_null=True)

    def validate_braze_campaign_id(self, value: str | None) -> str:
        return value or ""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise serializers.ValidationError({"body": ["The body must be a JSON object."]})
        if unknown := sorted(set(data) - set(self.fields)):
            known = ", ".join(sorted(self.fields))
            raise serializers.ValidationError({name: [f"Unknown field. Known are: {known}."] for name in unknown})
        found: dict[str, Any] = super().to_internal_value(data)
        return found


def has_liquid(text: str) -> bool:
    """Whether a template was not rendered in it."""
    return bool(_LIQUID.search(text))


def refuse_liquid(text: str) -> None:
    """Raises ValidationError for a text in which a template was not rendered."""
    if has_liquid(text):
        raise serializers.ValidationError("This is unrendered Liquid. Check the placeholder's name in Braze.")
