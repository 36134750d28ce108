"""One line of the audit trail."""

from django.db import models


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
        indexes = [models.Index(fields=["program", "id"], name="audit_of_program")]
        verbose_name_plural = "audit trail"

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.subject}"
