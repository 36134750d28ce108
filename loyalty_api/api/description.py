"""The description of the platform API: what all its operations share, and the document made of them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar, TypedDict

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from loyalty_api.api.chapters import CHAPTERS
from loyalty_api.api.examples import EXAMPLES
from loyalty_api.api.paging import DEFAULT_PAGE_SIZE, MAX_PAGE, MAX_PAGE_SIZE
from loyalty_api.engine.events import camel_case
from loyalty_api.engine.identifiers import ID_TYPES
from selfservice.apidocs.answer_schemas import Keyword
from selfservice.apidocs.auto_schema import DescribedSchema
from selfservice.apidocs.documents import Document
from selfservice.apidocs.operation import Operation


class FieldErrorAnswer(TypedDict):
    field: Annotated[str, "The path of the field: `optins.0.type`; empty for the body as a whole."]
    message: str


class ErrorAnswer(TypedDict):
    """Callers decide by `code` first, by the status second."""

    status: Annotated[int, Keyword("minimum", 400), Keyword("maximum", 599)]
    code: Annotated[str, "What is wrong, for a program: `INSUFFICIENT_POINTS`.", Keyword("pattern", "^[A-Z_]+$")]
    message: Annotated[str, "What is wrong, for a person."]
    detail: Annotated[list[str], "Every condition that fails, where the code has several."]
    error: Annotated[list[FieldErrorAnswer], "The fields at fault."]


REFUSALS = {
    400: "The request is not valid, or a rule of the program forbids it; `code` says which.",
    401: "The token is missing, wrong, expired or given back.",
    404: "There is no such object in this organisation.",
    406: "The caller takes no JSON.",
    409: "Another object or call is in the way; `code` says which.",
    413: "The body is larger than 4 MiB.",
    415: "The body is no JSON by its content type.",
    429: "Too many wrong passwords; nothing is looked at until the time in `Retry-After` is over.",
    503: "The database is away; try again after the time in `Retry-After`.",
}
PATH_PARTS = {
    "accountId": "The account's id or, by `id-type`, one of its codes.",
    "accountCouponId": (
        "The id from the list of an account's coupons: `couponId|accountId` in base64 for URLs, without `=` at its end."
    ),
    "bookingId": "The id that the booking was answered with.",
    "couponId": "The id of the coupon's definition.",
    "currency": "`EUR`, or the program's currency.",
    "identifierId": "The identifier's id, which is not its code.",
    "membershipId": "The membership's id.",
    "programId": "The program's code.",
    "reference": "The coupon's external reference.",
    "tokenId": "The id that registering the token gave.",
    "transactionId": "The receipt's id.",
    "userId": "The user's id.",
}
INTERACTION_ID = OpenApiParameter(
    "interaction-id",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description=(
        "The code of the till, shop or app that the call comes from. Without it, it is the program's default one; "
        "an unknown one is refused with 400 `INTERACTION_POINT_UNKNOWN`."
    ),
)
PAGE = OpenApiParameter(
    "page",
    {"type": "integer", "minimum": 0, "maximum": MAX_PAGE, "default": 0},
    OpenApiParameter.QUERY,
    description="Counted from 0.",
)
SIZE = OpenApiParameter(
    "size",
    {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": DEFAULT_PAGE_SIZE},
    OpenApiParameter.QUERY,
    description="Entries on a page.",
)
LOCATION = OpenApiParameter(
    "Location",
    {"type": "string", "format": "uri"},
    OpenApiParameter.HEADER,
    response=[201],
    required=True,
    description="The address of the new object; its last part is the id.",
)
TOTAL = OpenApiParameter(
    "X-Total-Count",
    {"type": "integer", "minimum": 0},
    OpenApiParameter.HEADER,
    response=[200],
    required=True,
    description="Entries on all pages.",
)
RETRY_AFTER = OpenApiParameter(
    "Retry-After",
    {"type": "integer", "minimum": 0},
    OpenApiParameter.HEADER,
    response=[429, 503],
    required=True,
    description="Seconds to wait.",
)


class LoyaltySchema(DescribedSchema):
    refusal_type = ErrorAnswer
    refusal_texts = REFUSALS
    path_texts = PATH_PARTS
    examples: ClassVar[Mapping[str, Any]] = EXAMPLES

    def shared_refusals(self, operation: Operation) -> set[int]:
        with_body = {413, 415} if operation.body else set()
        with_path = {404} if "{" in self.path else set()
        return {400, 401, 503} | with_body | with_path | ({406} if self.is_signed_in else set())

    def headers(self, operation: Operation) -> list[OpenApiParameter]:
        found = [INTERACTION_ID] if self.is_signed_in else []
        id_types = ID_TYPES if "{accountId}" in self.path else getattr(self.view, "id_types", ())
        found += [id_type(id_types)] if id_types else []
        if operation.is_paged:
            found += [PAGE, SIZE]
        found += [LOCATION] if 201 in operation.answers else []
        found += [TOTAL] if any(_is_list(hint) for hint in operation.answers.values()) else []
        return [*found, RETRY_AFTER]

    @property
    def is_signed_in(self) -> bool:
        return bool(self.view.authentication_classes)

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        """Spelled as the platform spells it."""
        schema = super()._map_basic_serializer(serializer, direction)
        schema.pop("description", None)
        schema["properties"] = {camel_case(name): value for name, value in schema["properties"].items()}
        if "required" in schema:
            schema["required"] = [camel_case(name) for name in schema["required"]]
        return schema

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        if isinstance(field, serializers.DecimalField):
            step = float(Decimal(1).scaleb(-(field.decimal_places or 0)))
            schema = {"type": ["number", "null"] if field.allow_null else "number", "multipleOf": step}
        elif isinstance(field, serializers.JSONField):
            # Any value, null among them: beside a null of its own it would be two of `oneOf`, which is none.
            schema = {}
        else:
            schema = super()._map_serializer_field(field, direction, bypass_extensions)
        if schema:
            schema.pop("x-spec-enum-id", None)
        return schema

    def _insert_field_validators(self, field: Any, schema: Any) -> None:
        """The bounds in the words of today's JSON Schema."""
        super()._insert_field_validators(field, schema)
        for bound in ("minimum", "maximum"):
            exclusive = f"exclusive{bound.title()}"
            if schema.get(exclusive) is True:
                schema[exclusive] = schema.pop(bound)
        schema |= {name: float(value) for name, value in schema.items() if isinstance(value, Decimal)}


class TokenDescription(OpenApiAuthenticationExtension):
    """One header, written in two ways: either will do."""

    target_class = "loyalty_api.api.authentication.TokenAuthentication"
    name = ["token", "bearerToken"]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        return [{name: []} for name in self.name]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        bare = {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "The token alone.",
        }
        return [bare, {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}]


def id_type(values: tuple[str, ...]) -> OpenApiParameter:
    return OpenApiParameter(
        "id-type",
        {"type": "string", "enum": list(values), "default": values[0]},
        OpenApiParameter.HEADER,
        description=f"How the code in the path is read: as {values[0]} unless this names another.",
    )


def _is_list(hint: Any) -> bool:
    return getattr(hint, "__origin__", None) is list


DOCUMENT = Document(
    title="Loyalty API",
    version="1",
    urlconf="loyalty_api.urls",
    prefix="/loyalty",
    chapters=CHAPTERS,
    description=(
        "The loyalty platform for tills, shops and apps. Sign in with `POST /auth/login` and send the token with every "
        "other call, bare or after `Bearer`.\n\n"
        "A till's day: `GET /accounts/{code}` with the header `id-type: CARDCODE` finds the account of a scanned card, "
        "`GET /accounts/{accountId}/accountcoupons` shows what it can redeem, `PATCH /v3/accountcoupons/{id}` redeems, "
        "and `POST /accounts/{accountId}/transactions` records the receipt. `/v2` and no version are two spellings of "
        "one call where both are listed.\n\n"
        "Times without an offset are read in the program's time zone and answered "
        "in UTC. Unknown fields of a request are ignored, and answers may grow by new ones. Every refusal has the body "
        "`Error`, also those that no operation lists: 404 for an address that is none, 405 for a method that an "
        "address does not have."
    ),
)
