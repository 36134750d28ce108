"""Reads JSON of anybody's making. Pure."""

import json
from typing import Any

from integrations.inbound.parsing import MAX_DEPTH
from integrations.inbound.scanning import max_depth_exceeded


def read_json(text: str) -> Any:
    """Raises ValueError, which is a JSONDecodeError where one place is to blame."""
    if max_depth_exceeded(text.encode(errors="replace"), at_most=MAX_DEPTH):
        raise ValueError("nested too deep")
    return json.loads(text, strict=False)
