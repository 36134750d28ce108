"""The bodies of requests. Unknown fields are ignored."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from loyalty_api.engine.events import camel_case
from loyalty_api.engine.mail_addresses import MailAddressValidator
from loyalty_api.engine.models import MemberRole

ID_LENGTH = 64
GENDERS = ("MALE", "FEMALE", "DIVERSE")


class CamelSerializer(serializers.Serializer[Any]):
    """Its fields are named as we spell them, and read, with their errors, as the platform spells them."""

    def to_internal_value(self, data: Any) -> Any:
        names = [field.field_name or "" for field in self.fields.values()]
        spelled = {camel_case(name): name for name in names}
        if isinstance(data, Mapping):
            data = {spelled[key]: value for key, value in data.items() if key in spelled}
        try:
            return super().to_internal_value(data)
        except serializers.ValidationError as error:
            if not isinstance(error.detail, dict):
                raise
            raise serializers.ValidationError({camel_case(key): texts for key, texts in error.detail.items()}) from None


class LoginSerializer(CamelSerializer):
    org = serializers.CharField(max_length=64)
    user_name = serializers.CharField(max_length=120)
    password = serializers.CharField(max_length=256, trim_whitespace=False)


class ProgramSerializer(CamelSerializer):
    """The program that a new object is for; the organisation's only one need not be named."""

    program = serializers.CharField(required=False, max_length=64)


class PropertySerializer(CamelSerializer):
    name = serializers.CharField(max_length=120)
    value = serializers.JSONField(allow_null=True)


class NumberOrTextField(serializers.CharField):
    """Some send a phone number or a zip code as a number; it is kept, and answered, as text."""

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(str(int(data)) if isinstance(data, float) and data.is_integer() else data)


class MailAddressField(serializers.EmailField):
    """In any alphabet."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators[-1] = MailAddressValidator(message=self.error_messages["invalid"])


class UserSerializer(CamelSerializer):
    """Every text may be null on an update, which clears it; the mail address may not."""

    email_address = MailAddressField(max_length=254)
    phone = NumberOrTextField(required=False, allow_null=True, allow_blank=True, max_length=40)
    given_name = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=120)
    family_name = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=120)
    birth_date = serializers.DateField(required=False, allow_null=True)
    gender_code = serializers.ChoiceField(GENDERS, required=False, allow_null=True, allow_blank=True)
    street_house_no = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=200)
    zip_code = NumberOrTextField(required=False, allow_null=True, allow_blank=True, max_length=20)
    city = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=120)
    country_code = serializers.RegexField(r"^[A-Z]{2}\Z", required=False, allow_null=True, allow_blank=True)
    custom_properties = PropertySerializer(many=True, required=False)

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        if "custom_properties" in values:
            values["custom_properties"] = {item["name"]: item["value"] for item in values["custom_properties"]}
        cleared = {name: "" for name, value in values.items() if value is None and name != "birth_date"}
        return values | cleared


class UserChangeSerializer(UserSerializer):
    """Not by `partial`, which would let the parts of a property be absent too."""

    email_address = MailAddressField(required=False, max_length=254)


class OptinSerializer(CamelSerializer):
    type = serializers.CharField(max_length=120)
    flag = serializers.BooleanField()


class OptinsSerializer(CamelSerializer):
    optins = OptinSerializer(many=True, allow_empty=False)
    # Comes back with the event of the change.
    braze_campaign_id = serializers.CharField(
        required=False, default="", allow_blank=True, allow_null=True, max_length=128
    )

    def to_internal_value(self, data: Any) -> Any:
        """The bare array is taken too."""
        return super().to_internal_value({"optins": data} if isinstance(data, list) else data)


class MembershipSerializer(CamelSerializer):
    user_id = serializers.CharField(max_length=ID_LENGTH)
    member_role = serializers.ChoiceField(MemberRole.choices, default=MemberRole.OWNER.value)
    partner_id = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=ID_LENGTH)
    optins = OptinSerializer(many=True, required=False)
