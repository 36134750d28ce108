"""The bodies of requests about accounts, members and what they do. Unknown fields are ignored."""

from typing import Any

from rest_framework import serializers

from loyalty_api.api.serializers import ID_LENGTH, CamelSerializer, OptinSerializer, PropertySerializer
from loyalty_api.contract import Json
from loyalty_api.engine.models import IdentifierType, MemberRole
from loyalty_api.engine.search import DOMAINS

CODE_LENGTH = 128


class UpperChoiceField(serializers.ChoiceField):
    """The names of the platform in any case."""

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data.upper() if isinstance(data, str) else data)


class AccountSerializer(CamelSerializer):
    """The program that a new account is for; the organisation's only one need not be named."""

    program = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=64)
    custom_properties = PropertySerializer(many=True, required=False)

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        return {
            "program": values.get("program") or "",
            "custom_properties": property_values(values.get("custom_properties", [])),
        }


class MergeSerializer(CamelSerializer):
    target_account_id = serializers.CharField(max_length=ID_LENGTH)


class FraudSerializer(CamelSerializer):
    reason = serializers.CharField(max_length=64)
    comment = serializers.CharField(default="", allow_blank=True, max_length=1000)


class IdentifierSerializer(CamelSerializer):
    type = UpperChoiceField(IdentifierType.choices)
    code = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=CODE_LENGTH)
    display_code = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=CODE_LENGTH)


class MembershipChangeSerializer(CamelSerializer):
    """Absent fields stay as they are; a partner can be taken away with null."""

    member_role = serializers.ChoiceField(MemberRole.choices, required=False)
    partner_id = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=ID_LENGTH)
    optins = OptinSerializer(many=True, required=False)


class SessionSerializer(CamelSerializer):
    device_id = serializers.CharField(default="", allow_null=True, allow_blank=True, max_length=128)
    platform = serializers.CharField(default="", allow_null=True, allow_blank=True, max_length=32)


class PushTokenSerializer(SessionSerializer):
    token = serializers.CharField(max_length=4096)


class SearchSerializer(CamelSerializer):
    search_term = serializers.CharField(max_length=200)
    type = UpperChoiceField(DOMAINS, required=False, allow_null=True)


def property_values(items: list[dict[str, Json]]) -> dict[str, Json]:
    return {item["name"]: item["value"] for item in items if item["value"] is not None}
