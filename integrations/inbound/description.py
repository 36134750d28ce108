"""The description of the doors: what all of them share, and the document made of them."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, TypedDict

from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter

from integrations.inbound import identity
from integrations.inbound.fields import MAX_POINTS, Points, StrictSerializer
from integrations.keys.authentication import HEADER
from selfservice.apidocs.answer_schemas import Schema
from selfservice.apidocs.auto_schema import DescribedSchema
from selfservice.apidocs.documents import Document
from selfservice.apidocs.operation import Operation

KEY_SCHEME = "convercusKey"
WEBHOOKS, CONTENT, EVENTS = "Webhooks", "Connected Content", "Loyalty events"


class UnauthorizedAnswer(TypedDict):
    """The same for every cause, to the byte."""

    error: str
    message: str


class ErrorAnswer(TypedDict):
    """Callers decide by the status first and by `error` second."""

    error: Annotated[str, "What is wrong, for a program: `validation_failed`, `INSUFFICIENT_POINTS`."]
    message: Annotated[str, "What is wrong and what to do, for a person."]
    fields: Annotated[dict[str, list[str]], "The fields at fault, with what is wrong with each."]
    request_id: Annotated[str, "The call's name in the call log; also the header `X-Request-Id`."]


class ContentErrorAnswer(TypedDict):
    """`member_not_found`, `internal_error` or, with a `message`, `validation_failed`."""

    error: Annotated[str, "Branch on it, so that a failed look-up never ships a broken message."]


REFUSALS = {
    400: (
        "Something in the call is wrong, or a rule of the program forbids it; `message` and `fields` say what. "
        "Braze does not repeat it."
    ),
    401: "The key is missing, unknown, revoked, expired, of another program, or used from a forbidden address.",
    403: "The key lacks the scope.",
    404: "There is nothing at this address.",
    411: "The header `Content-Length` is missing.",
    413: "The body is too large.",
    429: "More calls came than the program or the key may make in a second.",
    500: "Something went wrong on our side, or too many calls failed lately. Braze repeats the call.",
    502: "The loyalty platform failed. Braze repeats the call.",
    503: "Our database is away, too many calls wait, or an equal one is still being worked on. Braze repeats the call.",
    504: "The loyalty platform did not answer in time. Braze repeats the call.",
}
RETRY_AFTER = OpenApiParameter(
    "Retry-After",
    {"type": "integer", "minimum": 0},
    OpenApiParameter.HEADER,
    response=[429, 503],
    required=True,
    description="Seconds to wait.",
)
IDEMPOTENCY_KEY = OpenApiParameter(
    identity.HEADER,
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    description=(
        "Names this one act: whatever comes with the same key again, for 90 days, gets the first answer and acts no "
        "second time. With another body it is refused with 400 `idempotency_mismatch`."
    ),
)
REPLAYED = OpenApiParameter(
    identity.REPLAYED,
    {"type": "string", "enum": ["true"]},
    OpenApiParameter.HEADER,
    response=[200, 207, 400],
    description="This answer was given before, to a call that this one repeats; nothing was done again.",
)
ON_ERROR = OpenApiParameter(
    "on_error",
    {"type": "string", "enum": ["503"]},
    OpenApiParameter.QUERY,
    description="Turns `internal_error` into a 503, so that `:retry` works.",
)


class DoorSchema(DescribedSchema):
    """Each door is one call, and what is said of it stands in its attribute `described`."""

    refusal_type = ErrorAnswer
    refusal_texts = REFUSALS
    answer_texts: ClassVar[Mapping[int, str]] = {
        200: "Done.",
        202: "Stored. Each event that could not be read is listed.",
        207: "Some memberships were updated, others failed.",
    }
    path_texts: ClassVar[Mapping[str, str]] = {
        "programId": "The program's code.",
        "accountId": "The member's account id, in Braze the custom attribute `convercus_account_id`.",
        "couponId": "The id of the coupon's definition.",
        "batchId": "The id that the batch was answered with.",
    }

    def find_operation(self) -> Operation | None:
        found: Operation | None = getattr(self.view, "described", None)
        return found

    @property
    def is_content(self) -> bool:
        return self.operation.chapter == CONTENT

    def shared_refusals(self, operation: Operation) -> set[int]:
        if self.is_content:
            return {401, 403, 503}
        with_body = {400, 411, 413, 429} if operation.body is not None else set()
        return {401, 403, 500, 503} | with_body

    def refusal_of(self, status: int) -> type:
        if status == 401:
            return UnauthorizedAnswer
        return ContentErrorAnswer if self.is_content and status == 503 else ErrorAnswer

    def headers(self, operation: Operation) -> list[OpenApiParameter]:
        if self.is_content:
            return [ON_ERROR, RETRY_AFTER]
        is_write = operation.chapter == WEBHOOKS and operation.body is not None
        return [*([IDEMPOTENCY_KEY, REPLAYED] if is_write else []), RETRY_AFTER]

    def get_auth(self) -> list[dict[str, list[Any]]]:
        scheme = {
            "type": "apiKey",
            "in": "header",
            "name": HEADER,
            "description": "`cvc_…`, made on the card of the integration. Never part of an address.",
        }
        component = ResolvedComponent(
            name=KEY_SCHEME, type=ResolvedComponent.SECURITY_SCHEMA, object=KEY_SCHEME, schema=scheme
        )
        self.registry.register_on_missing(component)
        return [{KEY_SCHEME: []}]

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        schema = super()._map_basic_serializer(serializer, direction)
        schema.pop("description", None)
        if isinstance(serializer, StrictSerializer):
            schema["additionalProperties"] = False
        return schema

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        if isinstance(field, Points):
            return {"type": ["integer", "string"], "minimum": 1, "maximum": MAX_POINTS, "pattern": "^[1-9][0-9]{0,9}$"}
        schema = super()._map_serializer_field(field, direction, bypass_extensions)
        if schema:
            schema.pop("x-spec-enum-id", None)
        return schema

    def _resolve_path_parameters(self, variables: list[str]) -> list[Schema]:
        found = super()._resolve_path_parameters(variables)
        for parameter in found:
            if parameter["name"] == "batchId":
                parameter["schema"] = {"type": "string", "format": "uuid"}
        return found


DOCUMENT = Document(
    title="Doors",
    version="1",
    urlconf="integrations.urls",
    prefix="/v1",
    chapters={
        WEBHOOKS: "What campaigns and Canvases act with. Each acts once, however often it is repeated.",
        CONTENT: (
            "What messages are filled with. Always 200 but for a key that is refused, and in any case within 1.5 "
            "seconds, so that a template can branch on `error`."
        ),
        EVENTS: "Loyalty events from elsewhere.",
    },
    description=(
        "What Braze, and whoever else holds a key, calls. Every call brings the header "
        f"`{HEADER}`; bodies are `application/json`. No address has a slash at its end, and none redirects.\n\n"
        "Templates render text, so a number may come as text; a placeholder that was not rendered is refused. "
        "Unknown fields are refused too, so that a misspelt optional one is noticed."
    ),
)
