"""The sign of life of each process that works in the background."""

from django.db import models


class Heartbeat(models.Model):
    """One running process. It stands in the database, since Redis may vanish; the clock is the database's."""

    kind = models.CharField(max_length=16)
    host = models.CharField(max_length=255)
    pid = models.IntegerField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "host", "pid"], name="heartbeat_of_process")]

    def __str__(self) -> str:
        return f"{self.kind} on {self.host}"
