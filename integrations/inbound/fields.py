"""Serializer fields for what marketing tools send: templates render text, and sometimes render nothing."""

import re
import threading
from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

MAX_POINTS = 1_000_000_000
_kept = threading.local()
_LIQUID = re.compile(r"\{\{|\}\}|\{%")


def _optional_text() -> serializers.CharField:
    return serializers.CharField(max_length=128, required=False, default="", allow_blank=True, allow_null=True)


class Points(serializers.Field[int, Any, int, Any]):
    """A whole number from 1, as a number or as digits: Liquid renders text."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str):
            data = int(data) if re.fullmatch(r"[0-9]{1,12}", data.strip()) else None
        if isinstance(data, bool) or not isinstance(data, int) or not 1 <= data <= MAX_POINTS:
            raise serializers.ValidationError(f"Give a whole number from 1 to {MAX_POINTS:,}.")
        return data

    def to_representation(self, value: int) -> int:
        return value


class BoundedList(serializers.ListField):
    """A list whose length is judged before any of its elements is."""

    def to_internal_value(self, data: Any) -> list[Any]:
        if self.is_too_long(data):
            raise serializers.ValidationError(f"Ensure this field has no more than {self.max_length} elements.")
        found: list[Any] = super().to_internal_value(data)
        return found

    def is_too_long(self, data: object) -> bool:
        return isinstance(data, list) and self.max_length is not None and len(data) > self.max_length


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know, so that a misspelt optional one is noticed.

    `braze_campaign_id` and `dispatch_id` go with every write.
    """

    braze_campaign_id = serializers.CharField(
        max_length=128, required=False, default="", allow_blank=True, allow_null=True
    )
    dispatch_id = _optional_text()

    def validate_braze_campaign_id(self, value: str | None) -> str:
        return value or ""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise serializers.ValidationError({"body": ["The body must be a JSON object."]})
        if unknown := sorted(set(data) - set(self.fields)):
            known = ", ".join(sorted(self.fields))
            raise serializers.ValidationError({name: [f"Unknown field. Known are: {known}."] for name in unknown})
        if misrendered := self._misrendered(data):
            raise serializers.ValidationError(misrendered)
        found: dict[str, Any] = super().to_internal_value(data)
        return found

    def _misrendered(self, data: Mapping[str, Any]) -> dict[str, list[str]]:
        """What a template has left over, or left out, in any field of any type."""
        found: dict[str, list[str]] = {}
        for name, value in data.items():
            field = self.fields[name]
            if isinstance(field, BoundedList) and field.is_too_long(value):
                continue
            may_be_blank = getattr(field, "allow_blank", False)
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, str) and (problem := template_problem(text, may_be_blank=may_be_blank)):
                    found[name] = [problem]
        return found


def validated(serializer: type[StrictSerializer], data: object) -> dict[str, Any]:
    """A body's fields. Raises ValidationError. Each thread keeps one serializer of a kind: a new one copies its fields,
    which costs more than to check a body."""
    kept: dict[type[StrictSerializer], StrictSerializer] = _kept.__dict__.setdefault("serializers", {})
    if serializer not in kept:
        kept[serializer] = serializer()
    return dict(kept[serializer].run_validation([] if data is None else data))


def has_liquid(text: str) -> bool:
    """Whether a template was not rendered in it."""
    return bool(_LIQUID.search(text))


def template_problem(text: str, *, may_be_blank: bool = False) -> str:
    """What is wrong with a text that a template should have rendered; empty when nothing is."""
    if has_liquid(text):
        return "This is unrendered Liquid. Check the placeholder's name in Braze."
    if not text.strip() and not may_be_blank:
        return "This is empty. If it comes from Liquid, it was rendered as nothing: check the value in Braze."
    return ""
