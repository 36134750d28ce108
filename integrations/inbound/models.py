"""Writes that Braze may send again: each acts once, and every repeat gets the answer of the first."""

from django.db import models

from selfservice.partitions.rows import kept_since


@kept_since("day")
class KnownCall(models.Model):
    """A call that is told from others by `key`, unique in its program; `call` is a digest of what it asks for.

    One with a `status` has been answered for good, and is given that answer again. Without one it belongs, until
    `lease_until`, to whoever wrote the row with this `fence`; after that to the next repeat. `may_have_acted` says
    that a remote platform was asked under `reference`, so that the next repeat looks there first. `day` is that of the
    last try or of the answer, whose moment is `lease_until`; kept for RETENTION_DAYS after it. `program_id` is no
    foreign key: a program that goes must not wait for these rows.
    """

    day = models.DateField()
    program_id = models.BigIntegerField()
    key = models.BinaryField(max_length=32)
    call = models.BinaryField(max_length=32)
    reference = models.UUIDField()
    first_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    fence = models.IntegerField(default=1)
    may_have_acted = models.BooleanField(default=False)
    status = models.SmallIntegerField(null=True)
    body = models.BinaryField(null=True)

    class Meta:
        db_table = "known_call"
        constraints = [models.UniqueConstraint(fields=["program_id", "key"], name="known_call_once")]
        indexes = [models.Index(fields=["day"], name="known_call_day")]

    def __str__(self) -> str:
        return str(self.reference)
