"""Values that stand in many answers. What a type cannot say stands beside it, for the description."""

from typing import Annotated

from loyalty_api.contract import Json
from selfservice.apidocs.answer_schemas import Keyword

Moment = Annotated[str, Keyword("format", "date-time")]
Day = Annotated[str, Keyword("format", "date")]
Free = Annotated[Json, "Any JSON value."]
