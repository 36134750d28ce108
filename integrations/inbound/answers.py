"""What a door answers with: JSON, rendered once."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.http import HttpResponse


class Answer(HttpResponse):
    """`data` is what the body says, for who logs or keeps the answer. `body` is that rendered already, if it was."""

    def __init__(
        self, data: Any, *, status: int = 200, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> None:
        self.data = data
        content = orjson.dumps(data, default=str) if body is None else body
        super().__init__(content, status=status, headers={"Content-Type": "application/json", **(headers or {})})
