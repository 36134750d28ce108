"""One line of the audit trail, and the reason that a person has given for it."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models

# What a line says of a reason that stands beside it.
REASON = "reason"
REASON_LENGTH = 1_000


class AuditEntry(models.Model):
    """Who changed what. Append-only: a trigger refuses to change or remove a line.

    `before` and `after` hold the changed fields; secrets appear in them as fingerprints only. `program` is a code and
    no foreign key, so that the trail outlives what it speaks of.
    """

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.CharField(max_length=254)
    address = models.GenericIPAddressField(null=True)
    program = models.CharField(max_length=64, blank=True)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=200)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["program", "id"], name="audit_of_program"),
            models.Index(fields=["program", "subject", "id"], name="audit_of_subject"),
        ]
        verbose_name_plural = "audit trail"

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.subject}"

    @property
    def told(self) -> dict[str, Any]:
        """`after`, with the reason's text for as long as it is kept."""
        after: dict[str, Any] = self.after
        try:
            return after | {REASON: self.reason.text}
        except ObjectDoesNotExist:
            return after


class AuditReason(models.Model):
    """What somebody wrote about a person. It stands beside the line, which can never be removed, and goes when the
    person is erased. A trigger refuses to change it."""

    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, primary_key=True, related_name="reason")
    text = models.CharField(max_length=REASON_LENGTH)

    def __str__(self) -> str:
        return self.text
