"""Pages of a list."""

from collections.abc import Mapping, Sequence

from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_api.contract import LoyaltyError

DEFAULT_PAGE_SIZE = 100
MAX_PAGE_SIZE = 1000


def page_of(request: Request) -> tuple[int, int]:
    """Limit and offset out of `page`, counted from 0, and `size`."""
    try:
        page = int(request.query_params.get("page", 0))
        size = int(request.query_params.get("size", DEFAULT_PAGE_SIZE))
    except ValueError:
        page = size = -1
    if page < 0 or not 1 <= size <= MAX_PAGE_SIZE:
        raise LoyaltyError("VALIDATION_FAILED", f"page counts from 0, size is from 1 to {MAX_PAGE_SIZE}.")
    return size, page * size


def listed(items: Sequence[Mapping[str, object]], *, total: int) -> Response:
    return Response(items, headers={"X-Total-Count": str(total)})
