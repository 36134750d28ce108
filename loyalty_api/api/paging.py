"""Pages of a list."""

from collections.abc import Mapping, Sequence

from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_api.contract import LoyaltyError

DEFAULT_PAGE_SIZE = 100
MAX_PAGE_SIZE = 1000
MAX_PAGE = 1_000_000


def page_of(request: Request) -> tuple[int, int]:
    """Limit and offset out of `page`, counted from 0, and `size`."""
    page = _number(request.query_params.get("page", "0"))
    size = _number(request.query_params.get("size", str(DEFAULT_PAGE_SIZE)))
    if not 0 <= page <= MAX_PAGE or not 1 <= size <= MAX_PAGE_SIZE:
        raise LoyaltyError("VALIDATION_FAILED", f"page counts from 0, size is from 1 to {MAX_PAGE_SIZE}.")
    return size, page * size


def listed(items: Sequence[Mapping[str, object]], *, total: int) -> Response:
    return Response(items, headers={"X-Total-Count": str(total)})


def _number(text: str) -> int:
    """Out of all bounds for what is none; signs, spaces and other alphabets' digits are none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
