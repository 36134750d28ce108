"""Values that stand in many answers. What a type cannot say stands beside it, for the description."""

from typing import Annotated

from loyalty_api.contract import Json

Moment = Annotated[str, {"format": "date-time"}]
Day = Annotated[str, {"format": "date"}]
Free = Annotated[Json, "Any JSON value."]
