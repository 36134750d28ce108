"""What the operators' pages of this package share: pages to look at, over tables that may be large."""

from typing import TYPE_CHECKING, Any, cast

from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from selfservice.accounts.audited_pages import AuditedPages

MAX_COUNTED = 10_000

if TYPE_CHECKING:
    # Generic in the stubs only.
    PaginatorOfAny = Paginator[Any]
else:
    PaginatorOfAny = Paginator


class CappedPaginator(PaginatorOfAny):
    """Counts no further than anybody turns pages: counting a ledger of millions takes seconds."""

    @cached_property
    def count(self) -> int:
        rows = cast(QuerySet[Model], self.object_list)
        return rows[:MAX_COUNTED].count()


class ReadOnlyAdmin(AuditedPages):
    """Rows that only the domain's functions may write. Sorted by key alone, and searched by whole keys: any other
    way reads the whole table.
    """

    paginator = CappedPaginator
    show_full_result_count = False
    sortable_by = ()
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
