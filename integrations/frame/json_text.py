"""JSON as people read it."""

import json

from loyalty_api.contract import Json


def pretty(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)
