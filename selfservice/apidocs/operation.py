"""What stands beside a view's method, and becomes its operation in the document."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rest_framework.serializers import BaseSerializer

Method = TypeVar("Method", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Operation:
    """`answers` names the type of each good answer's body, None for an answer without one. `refusals` names the
    statuses of this operation alone; those that all share are the schema's matter. `query` describes the query.
    """

    summary: str
    chapter: str
    answers: Mapping[int, Any]
    description: str = ""
    # A serializer or, where none reads the body, its type as an answer's is written.
    body: Any = None
    is_body_required: bool = True
    is_paged: bool = False
    query: type[BaseSerializer[Any]] | None = None
    refusals: tuple[int, ...] = ()
    # By the names of the components that they are of, beside those of the schema.
    examples: Mapping[str, Any] = field(default_factory=dict)
    # Where an answer's body is no JSON.
    media_types: Mapping[int, str] = field(default_factory=dict)


_operations: dict[Callable[..., Any], Operation] = {}


def operation(summary: str, *, chapter: str, answers: Mapping[int, Any], **rest: Any) -> Callable[[Method], Method]:
    """Describes a view's method; the names of the rest are those of `Operation`."""

    def describe(method: Method) -> Method:
        _operations[method] = Operation(summary=summary, chapter=chapter, answers=answers, **rest)
        return method

    return describe


def operation_of(view: object, method: str) -> Operation | None:
    bound = getattr(view, method.lower(), None)
    return _operations.get(getattr(bound, "__func__", bound))  # type: ignore[arg-type]
