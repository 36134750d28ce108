"""What a field may hold."""

from typing import Any, TypeAlias

Json: TypeAlias = Any
"""A JSON value. Python 3.11 has no recursive alias that every checker reads alike."""
