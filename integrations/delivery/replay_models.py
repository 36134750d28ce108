"""What is being sent again: a job, the units that it has still to put back into their lanes, and edited events."""

from django.db import models
from django.db.models import Q

from selfservice.partitions.rows import kept_since
from selfservice.programs.models import Program


class ReplayState(models.TextChoices):
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"


OPEN_STATES = (ReplayState.RUNNING, ReplayState.PAUSED)


class ReplayJob(models.Model):
    """One replay of a program; what it takes was chosen when it began. A program has one open job at most.

    Of `total` units `done` have been looked at: put back, `gone` when their event is not kept any more, or `skipped`
    when somebody else has put them back in the meantime. `cursor` is the place of the last one. One that takes very
    many begins before they are chosen: `is_chosen` tells. Of what it put back `counted` units are known to have ended,
    `delivered`, `dead` or `filtered`; the last of their outcomes is `counted_id` of `counted_day`.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="replay_jobs")
    selection = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=ReplayState.choices, default=ReplayState.RUNNING)
    cursor = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    done = models.BigIntegerField(default=0)
    gone = models.BigIntegerField(default=0)
    skipped = models.BigIntegerField(default=0)
    is_chosen = models.BooleanField(default=True, db_default=True)
    counted = models.BigIntegerField(default=0, db_default=0)
    counted_day = models.DateField(null=True)
    counted_id = models.BigIntegerField(default=0, db_default=0)
    delivered = models.BigIntegerField(default=0, db_default=0)
    dead = models.BigIntegerField(default=0, db_default=0)
    filtered = models.BigIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "replay_job"
        constraints = [
            models.UniqueConstraint(fields=["program"], condition=Q(state__in=OPEN_STATES), name="replay_open_once")
        ]

    def __str__(self) -> str:
        return f"replay {self.pk} of {self.program}: {self.done} of {self.total}"

    @property
    def put_back(self) -> int:
        return self.done - self.gone - self.skipped


class ReplayUnit(models.Model):
    """One unit that a job has still to put back. `place` is the order in which the events were accepted."""

    pk = models.CompositePrimaryKey("job_id", "place")
    job = models.ForeignKey(ReplayJob, on_delete=models.CASCADE, related_name="units", db_index=False)
    place = models.BigIntegerField()
    outcome_id = models.BigIntegerField()
    outcome_day = models.DateField()
    lane_id = models.BigIntegerField()
    connection_id = models.BigIntegerField()
    stored_event_id = models.BigIntegerField()
    event_day = models.DateField()

    class Meta:
        db_table = "replay_unit"

    def __str__(self) -> str:
        return f"{self.job_id}/{self.place}"


@kept_since("event_day")
class EventEdit(models.Model):
    """What a person changed in an event before it was sent again: the data as it came in, and as it is now.

    The event keeps its key, which says what is newer, so that an old event does not become the newest by an edit.
    """

    stored_event_id = models.BigIntegerField()
    event_day = models.DateField()
    program_id = models.BigIntegerField()
    before = models.JSONField()
    after = models.JSONField()
    edited_by = models.CharField(max_length=254)
    edited_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "event_edit"
        indexes = [
            models.Index(fields=["stored_event_id", "event_day"], name="edit_of_event"),
            models.Index(fields=["event_day"], name="edit_day"),
        ]

    def __str__(self) -> str:
        return f"edit of {self.stored_event_id} by {self.edited_by}"
