"""One call between the product and another system."""

from typing import Any

from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from selfservice.partitions.days import day_partitioned
from selfservice.programs.models import Program


class Direction(models.TextChoices):
    IN = "in", _("to us")
    OUT = "out", _("from us")


class ApiCallQuerySet(models.QuerySet["ApiCall"]):
    def recent(self, *, program: Program, kind: str, limit: int = 20) -> "ApiCallQuerySet":
        """The newest calls of one connection, both directions. `kind` is an integration's, or "events", "platform"."""
        return self.filter(program_id=program.pk, kind=kind).order_by("-at")[:limit]


# What went wrong, or was answered with an error that the caller can branch on. Whoever asks for these says it in the
# same words, or the index of few rows is not used.
PROBLEM = Q(status=0) | Q(status__gte=300) | Q(status=207) | ~Q(error="")
NO_ANSWER = 0


def is_failure(status: int) -> bool:
    """What numbers call failed: no answer, a refusal, or a good status over `internal_error`, which is counted below
    zero. PROBLEM knows more: whatever else a good answer says."""
    return status <= NO_ANSWER or status >= 400


# The sixth part of /v1/programs/CODE/campaigns/ID/…
_COUPON = Func(F("path"), Value("/"), Value(6), function="split_part")


@day_partitioned
class ApiCall(models.Model):
    """Kept for RETENTION_DAYS. Bodies are cut at 16 KiB and hold no secret; personal data is masked where it is shown.

    `status` 0 means that no answer came. `program_id` is no foreign key: a partitioned table that is dropped by the
    day must not hold up, or be held up by, the program's row.
    """

    day = models.DateField()
    at = models.DateTimeField()
    program_id = models.BigIntegerField()
    kind = models.CharField(max_length=32)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    method = models.CharField(max_length=8)
    path = models.TextField()
    endpoint = models.CharField(max_length=64)
    status = models.SmallIntegerField()
    duration_ms = models.IntegerField()
    request_id = models.CharField(max_length=36)
    key_prefix = models.CharField(max_length=8, blank=True)
    account_id = models.CharField(max_length=128, blank=True)
    units = models.IntegerField(default=1)
    error = models.TextField(blank=True)
    request_body = models.TextField(blank=True)
    response_body = models.TextField(blank=True)

    objects: Any = ApiCallQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["program_id", "kind", "-at"], name="call_of_connection"),
            models.Index(fields=["program_id", "kind", "-at"], name="call_with_problem", condition=PROBLEM),
            models.Index(
                fields=["program_id", "account_id", "-at"], name="call_of_account", condition=~Q(account_id="")
            ),
            models.Index(fields=["request_id"], name="call_by_request"),
            models.Index(
                F("program_id"),
                _COUPON,
                F("at").desc(),
                name="call_of_coupon",
                condition=Q(path__contains="/campaigns/"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.endpoint} {self.status}"
