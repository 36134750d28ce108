"""The bodies and queries of coupon requests. Unknown fields are ignored."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from loyalty_api.api.ledger_serializers import MomentField
from loyalty_api.api.serializers import ID_LENGTH, CamelSerializer, PropertySerializer
from loyalty_api.contract import CouponImage, CouponText, PointOfRedemption
from loyalty_api.engine.coupon_definitions import INCENTIVE
from loyalty_api.engine.coupon_models import AssignationType, CouponStatus, UnitType, UsageType
from loyalty_api.engine.points import MAX_POINTS

USAGE_TYPES = [*UsageType.values, INCENTIVE]
MAX_PROMO_CODES = 1000


class EndOrBeginning(MomentField):
    """Coupons for ever may be given an end that is far away, though none is better."""

    latest = datetime(9990, 1, 1, tzinfo=UTC)


class AssignmentSerializer(CamelSerializer):
    coupon_id = serializers.CharField(max_length=ID_LENGTH)
    valid_from = EndOrBeginning()
    valid_to = EndOrBeginning()
    # The caller's own name for the assignment; where no campaign is named, it is taken for one.
    reference = serializers.CharField(required=False, default="", allow_blank=True, max_length=128)
    braze_campaign_id = serializers.CharField(
        required=False, default=None, allow_null=True, allow_blank=True, max_length=128
    )


class AssignedQuerySerializer(CamelSerializer):
    """`reference`: only what was assigned under it."""

    reference = serializers.CharField(required=False, default="", allow_blank=True, max_length=128)


class ActivationSerializer(CamelSerializer):
    activated = serializers.BooleanField()


class PromoCodeSerializer(CamelSerializer):
    """The account that a promo code is redeemed for, by its id."""

    account_id = serializers.CharField(required=False, default="", allow_null=True, allow_blank=True, max_length=64)
    program = serializers.CharField(required=False, default="", allow_blank=True, max_length=64)


class CouponStatusSerializer(CamelSerializer):
    status = serializers.ChoiceField(CouponStatus.choices)


class ProgramQuerySerializer(CamelSerializer):
    """The program that is asked about; the organisation's only one need not be named."""

    program = serializers.CharField(default="", allow_blank=True, max_length=64)


class CouponQuerySerializer(ProgramQuerySerializer):
    status = serializers.ChoiceField(CouponStatus.choices, required=False)
    usage_type = serializers.ChoiceField(UsageType.choices, required=False)
    assignation_type = serializers.ChoiceField(AssignationType.choices, required=False)


class ExternalCodeSerializer(CamelSerializer):
    value = serializers.CharField(max_length=128)
    type = serializers.CharField(max_length=32, default="TEXT")


class TextSerializer(CamelSerializer):
    title = serializers.CharField(default="", allow_blank=True, max_length=255)
    sub_title = serializers.CharField(default="", allow_blank=True, max_length=255)
    description = serializers.CharField(default="", allow_blank=True, max_length=10_000)
    booking_text = serializers.CharField(default="", allow_blank=True, max_length=255)


class PointOfRedemptionSerializer(CamelSerializer):
    unit_type = serializers.ChoiceField(UnitType.choices)
    value = serializers.CharField(max_length=64)


class ImageSerializer(CamelSerializer):
    id = serializers.CharField(default="1", max_length=ID_LENGTH)
    name = serializers.CharField(default="image", max_length=255)
    path = serializers.CharField(max_length=500)
    tags = serializers.ListField(child=serializers.CharField(max_length=64), default=list, max_length=50)


@extend_schema_field(
    {
        "anyOf": [
            {"type": "string", "minLength": 1, "maxLength": 128},
            {
                "type": "object",
                "properties": {"code": {"type": "string", "minLength": 1, "maxLength": 128}},
                "required": ["code"],
            },
        ]
    }
)
class PromoCodeField(serializers.JSONField):
    """A text, or the object that a read gives; which of them it is, is looked at for all codes at once."""


class CouponSerializer(CamelSerializer):
    """`points` is the older name of `couponValue`."""

    name = serializers.CharField(max_length=120)
    status = serializers.ChoiceField(CouponStatus.choices, default=CouponStatus.ACTIVE.value)
    usage_type = serializers.ChoiceField(USAGE_TYPES)
    coupon_value = serializers.DecimalField(
        source="value",
        default=Decimal(0),
        min_value=Decimal(0),
        max_value=Decimal(MAX_POINTS),
        max_digits=12,
        decimal_places=2,
    )
    assignation_type = serializers.ChoiceField(AssignationType.choices, default=AssignationType.INDIVIDUAL.value)
    external_reference = serializers.CharField(default="", allow_null=True, allow_blank=True, max_length=128)
    external_code = ExternalCodeSerializer(required=False, allow_null=True)
    valid_from = EndOrBeginning()
    valid_to = EndOrBeginning()
    max_redeem_count = serializers.IntegerField(default=0, allow_null=True, min_value=0, max_value=MAX_POINTS)
    max_redeem_count_global = serializers.IntegerField(default=0, allow_null=True, min_value=0, max_value=MAX_POINTS)
    max_redeem_count_promo_code = serializers.IntegerField(
        default=0, allow_null=True, min_value=0, max_value=MAX_POINTS
    )
    activatable = serializers.BooleanField(default=False)
    state_level = serializers.CharField(default="", allow_null=True, allow_blank=True, max_length=64)
    promo_codes = serializers.ListField(child=PromoCodeField(), default=list, max_length=MAX_PROMO_CODES)
    points_of_redemption = PointOfRedemptionSerializer(many=True, default=list)
    images = ImageSerializer(many=True, default=list)
    custom_properties = PropertySerializer(many=True, default=list)
    i18n_fields = serializers.DictField(source="texts", child=TextSerializer(), default=dict)

    def to_internal_value(self, data: Any) -> Any:
        """As the arguments of the domain's functions."""
        if isinstance(data, Mapping) and "couponValue" not in data and "points" in data:
            data = {**data, "couponValue": data["points"]}
        values = super().to_internal_value(data)
        for name in ("external_reference", "state_level"):
            values[name] = values[name] or ""
        for name in ("max_redeem_count", "max_redeem_count_global", "max_redeem_count_promo_code"):
            values[name] = values[name] or 0
        code = values.pop("external_code", None) or {"value": "", "type": "TEXT"}
        return values | {
            "external_code": code["value"],
            "external_code_type": code["type"],
            "texts": {language: CouponText(**text) for language, text in values["texts"].items()},
            "points_of_redemption": [PointOfRedemption(**point) for point in values["points_of_redemption"]],
            "images": [CouponImage(**image | {"tags": tuple(image["tags"])}) for image in values["images"]],
            "custom_properties": {item["name"]: item["value"] for item in values["custom_properties"]},
        }

    def validate_promo_codes(self, given: list[Any]) -> list[str]:
        """Texts, or the objects that a read gives."""
        codes = [item.get("code") if isinstance(item, dict) else item for item in given]
        field = serializers.CharField(max_length=128)
        return [str(field.run_validation(code)) for code in codes]
