"""Collects the operations of a document."""

import re
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from rest_framework.views import APIView

from selfservice.apidocs.auto_schema import DescribedSchema


class DescribedGenerator(SchemaGenerator):
    """Parts of a path are spelled as in the interface, not as our arguments: `accountId`.

    A view whose arguments are named otherwise says what they are called outside: `path_names`.
    """

    def coerce_path(self, path: str, method: str, view: APIView) -> str:
        names: dict[str, str] = getattr(view, "path_names", {})
        return re.sub(r"(?<={)\w+(?=})", lambda found: names.get(found[0], _camel_case(found[0])), path)


def keep_described(endpoints: list[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """A hook before the generation: an interface that nothing is said about yet has no document."""
    return [entry for entry in endpoints if isinstance(entry[3].cls().schema, DescribedSchema)]


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
