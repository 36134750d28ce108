from typing import Annotated, Any, TypedDict

import pytest

from selfservice.apidocs.answer_schemas import Keyword, object_schema, one_of, schema_of


class Point(TypedDict):
    x: int


class Shape(Point):
    """A few points."""

    name: Annotated[str | None, "As on the plan."]
    corners: list[Point]


def refer(answer):
    return {"$ref": answer.__name__}


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        (str, {"type": "string"}),
        (Any, {}),
        (list[int], {"type": "array", "items": {"type": "integer"}}),
        (dict[str, float], {"type": "object", "additionalProperties": {"type": "number"}}),
        (Point, {"$ref": "Point"}),
        (Point | None, {"anyOf": [{"$ref": "Point"}, {"type": "null"}]}),
        (bool | None, {"type": ["boolean", "null"]}),
        (int | str, {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
        (
            Annotated[str, "A day.", Keyword("format", "date")],
            {"type": "string", "description": "A day.", "format": "date"},
        ),
        (Annotated[str, one_of(["A", "B"])], {"type": "string", "enum": ["A", "B"]}),
    ],
)
def test_schema_of(hint, expected):
    assert schema_of(hint, refer=refer) == expected


def test_schema_of_what_no_answer_is():
    with pytest.raises(TypeError, match="bytes"):
        schema_of(bytes, refer=refer)


def test_object_schema():
    schema = object_schema(Shape, refer=refer)

    assert schema["description"] == "A few points."
    assert schema["required"] == ["x", "name", "corners"]
    assert schema["properties"]["name"] == {"type": ["string", "null"], "description": "As on the plan."}
    assert schema["properties"]["corners"]["items"] == {"$ref": "Point"}
