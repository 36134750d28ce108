"""Makes an operation of the document out of what stands beside a view's method."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.serializers import BaseSerializer

from selfservice.apidocs.answer_schemas import Schema, object_schema, schema_of
from selfservice.apidocs.operation import Operation, operation_of

JSON = "application/json"


class DescribedSchema(AutoSchema):
    """One interface's subclass says what its operations share: headers, refusals, and how path parts are called."""

    refusal_type: ClassVar[type]
    refusal_texts: ClassVar[Mapping[int, str]]
    answer_texts: ClassVar[Mapping[int, str]] = {200: "Done.", 201: "Created.", 204: "Done; there is no body."}
    path_texts: ClassVar[Mapping[str, str]] = {}
    examples: ClassVar[Mapping[str, Any]] = {}

    def shared_refusals(self, operation: Operation) -> set[int]:
        return set()

    def headers(self, operation: Operation) -> list[OpenApiParameter]:
        """Of requests and, with `response`, of answers."""
        return []

    @property
    def operation(self) -> Operation:
        found = self.find_operation()
        assert found is not None
        return found

    def find_operation(self) -> Operation | None:
        return operation_of(self.view, self.method)

    def is_excluded(self) -> bool:
        return self.find_operation() is None

    def get_operation_id(self) -> str:
        """Of method and path, so that both spellings of a call have one each."""
        words = re.findall(r"\w+", self.path.removeprefix(self.path_prefix.removeprefix("^")))
        return self.method.lower() + "".join(word[0].upper() + word[1:] for word in words)

    def get_summary(self) -> str:
        return self.operation.summary

    def get_description(self, path: str = "", method: str = "") -> str:
        """Docstrings are written for those who read the source."""
        return self.operation.description

    def get_tags(self) -> list[str]:
        return [self.operation.chapter]

    def get_request_serializer(self) -> Any:
        body = self.operation.body
        if body is None or (isinstance(body, type) and issubclass(body, BaseSerializer)):
            return body() if body else None
        return {JSON: schema_of(body, refer=self.refer)}

    def get_override_parameters(self) -> list[Any]:
        query = [self.operation.query] if self.operation.query else []
        return [*self.headers(self.operation), *query]

    def get_response_serializers(self) -> Any:
        operation = self.operation
        good: dict[Any, OpenApiResponse] = {}
        for status, hint in operation.answers.items():
            key = (str(status), operation.media_types.get(status, JSON))
            schema = None if hint is None else schema_of(hint, refer=self.refer)
            good[key] = OpenApiResponse(schema, description=self.answer_texts[status])
        for status in sorted(self.shared_refusals(operation) | set(operation.refusals)):
            refusal = self.refer(self.refusal_of(status))
            good[str(status), JSON] = OpenApiResponse(refusal, description=self.refusal_texts[status])
        return good

    def refusal_of(self, status: int) -> type:
        return self.refusal_type

    def refer(self, answer: type) -> Schema:
        """The reference to the component of an answer's type, which is added where it is missing."""
        component = ResolvedComponent(
            name=answer.__name__.removesuffix("Answer"), type=ResolvedComponent.SCHEMA, object=answer
        )
        if component not in self.registry:
            self.registry.register(component)
            component.schema = self.with_example(component.name, object_schema(answer, refer=self.refer))
        return dict(component.ref)

    def with_example(self, name: str, schema: Schema) -> Schema:
        examples = {**self.examples, **self.operation.examples}
        return {**schema, "examples": [examples[name]]} if name in examples else schema

    def _map_serializer(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        schema = super()._map_serializer(serializer, direction, bypass_extensions)
        return self.with_example(self._get_serializer_name(serializer, direction), schema)

    def _get_request_body(self, direction: Any = "request") -> Any:
        body = super()._get_request_body(direction)
        if body and self.operation.is_body_required:
            body["required"] = True
        return body

    def _resolve_path_parameters(self, variables: list[str]) -> list[Schema]:
        return [
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": self.path_texts[name],
                "schema": {"type": "string", "minLength": 1},
            }
            for name in variables
        ]
