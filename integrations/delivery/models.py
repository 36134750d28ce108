"""What delivery keeps: events as accepted, lanes of waiting units, open attempts, and how each unit ended.

The unit of counting is one event on one connection.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from integrations.connections.models import Connection
from integrations.delivery.log_indexes import EVENT_INDEXES, OUTCOME_INDEXES
from integrations.delivery.replay_models import EventEdit, ReplayJob, ReplayState, ReplayUnit
from selfservice.partitions.days import day_partitioned
from selfservice.programs.models import Program

__all__ = ["EventEdit", "ReplayJob", "ReplayState", "ReplayUnit"]

LANES_PER_CONNECTION = 16
# Of a program, and of no connection: counts the events that are held.
HELD_LANE = -1
# The sequences below it, in lanes of a second or later epoch, are kept for what waits in earlier ones.
ROOM_FOR_EARLIER = 1 << 40


class EventKey(models.Model):
    """The ids seen, apart from the events: a unique key on a table cut by day would have to contain the day."""

    pk = models.CompositePrimaryKey("program_id", "event_id")
    program_id = models.BigIntegerField()
    event_id = models.CharField(max_length=128)
    day = models.DateField()

    class Meta:
        db_table = "event_key"
        indexes = [models.Index(fields=["day"], name="event_key_day")]

    def __str__(self) -> str:
        return self.event_id


@day_partitioned
class StoredEvent(models.Model):
    """An event as accepted; `day` is the day of acceptance, UTC. Only an EventEdit changes one."""

    day = models.DateField()
    accepted_at = models.DateTimeField()
    program_id = models.BigIntegerField()
    event_id = models.CharField(max_length=128)
    type = models.CharField(max_length=64)
    occurred_at = models.DateTimeField()
    account_id = models.CharField(max_length=128)
    user_id = models.CharField(max_length=128, blank=True)
    partner_id = models.CharField(max_length=128, blank=True)
    member_role = models.CharField(max_length=16, blank=True)
    external_code = models.CharField(max_length=128, blank=True, db_default="")
    source = models.CharField(max_length=16)
    data = models.JSONField(default=dict)

    class Meta:
        db_table = "loyalty_event"
        indexes = EVENT_INDEXES

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


class UserAccount(models.Model):
    """An account that a user is a member of, as the program's events have told. An unknown role is empty."""

    pk = models.CompositePrimaryKey("program_id", "user_id", "account_id")
    program_id = models.BigIntegerField()
    user_id = models.CharField(max_length=128)
    account_id = models.CharField(max_length=128)
    member_role = models.CharField(max_length=16, blank=True, db_default="")

    class Meta:
        db_table = "user_account"
        indexes = [models.Index(fields=["program_id", "account_id"], name="user_account_in_order")]

    def __str__(self) -> str:
        return f"{self.user_id} of {self.account_id}"


class HeldEvent(models.Model):
    """An accepted event of a user who has no account yet; it becomes a unit with the first membership.

    Until then it is counted in the program's HELD_LANE.
    """

    pk = models.CompositePrimaryKey("program_id", "event_id")
    program_id = models.BigIntegerField()
    event_id = models.CharField(max_length=128)
    user_id = models.CharField(max_length=128)
    event = models.JSONField()
    held_at = models.DateTimeField()

    class Meta:
        db_table = "held_event"
        indexes = [models.Index(fields=["program_id", "user_id"], name="held_event_of_user")]

    def __str__(self) -> str:
        return self.event_id


class Lane(models.Model):
    """A queue of units that must stay in order: all that concerns one profile falls into one lane of a connection.

    Intake locks the row and takes sequences from it, so the order of sequences is the order of commits. What waits has
    a sequence from `low_water` up to `next_sequence`, and there are as many as were accepted and have not ended.
    `due_at` is empty when none waits. `markers` of a resync wait beside them, and are counted nowhere else. Whoever
    raised `fence` last holds the lease. A lane without connection only counts: its events are filtered at once, but for
    those of HELD_LANE, each of which is a row of HeldEvent while it waits. `epoch` rises when the connection names
    profiles in another way: the lanes of an earlier one are emptied into these first.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="lanes")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, null=True, related_name="lanes")
    epoch = models.IntegerField(default=1, db_default=1)
    number = models.SmallIntegerField()
    next_sequence = models.BigIntegerField(default=1)
    low_water = models.BigIntegerField(default=1)
    due_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)
    failures = models.IntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    delivered = models.BigIntegerField(default=0)
    dead = models.BigIntegerField(default=0)
    filtered = models.BigIntegerField(default=0)
    maybe_twice = models.BigIntegerField(default=0)
    markers = models.IntegerField(default=0, db_default=0)

    class Meta:
        db_table = "lane"
        constraints = [
            models.UniqueConstraint(fields=["connection", "epoch", "number"], name="lane_of_connection"),
            models.UniqueConstraint(
                fields=["program", "number"], condition=Q(connection=None), name="lane_without_connection"
            ),
            models.CheckConstraint(condition=Q(low_water__lte=F("next_sequence")), name="lane_low_water"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=~Q(due_at=None), name="lane_due")]

    def __str__(self) -> str:
        return f"lane {self.number} of {self.connection or self.program}"


class Delivery(models.Model):
    """A waiting unit; gone when it has ended.

    `since` is when it was accepted or, after a replay, began to wait again. `is_maybe_twice`: an earlier request may
    have been taken after all. `parts` names what of it is left to be sent, None stands for all; `refused` holds the
    reason for each part that was refused already.

    With an `account_id` it is a marker: it has no event, and tells what is true of the account when it is sent. Its
    `event` is the number that an event would have got, which tells what is newer.
    """

    pk = models.CompositePrimaryKey("lane_id", "sequence")
    lane = models.ForeignKey(Lane, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    sequence = models.BigIntegerField()
    event = models.ForeignKey(StoredEvent, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    day = models.DateField()
    since = models.DateTimeField(db_default=Now())
    is_maybe_twice = models.BooleanField(default=False)
    parts = models.JSONField(null=True)
    refused = models.JSONField(null=True)
    account_id = models.CharField(max_length=128, blank=True, default="", db_default="")

    class Meta:
        db_table = "delivery"

    def __str__(self) -> str:
        return f"{self.lane_id}/{self.sequence}"


class Attempt(models.Model):
    """A request that is, or was, under way: written before it starts, removed with its outcome.

    Whoever takes over a lane and finds one knows that its fate is unknown. `sequences` are the units in it of which a
    second copy would do harm; `profiles` are those whose attributes it tells.
    """

    lane = models.OneToOneField(Lane, on_delete=models.CASCADE, primary_key=True, related_name="attempt")
    fence = models.BigIntegerField()
    sequences = models.JSONField(default=list)
    profiles = models.JSONField(default=list)
    started_at = models.DateTimeField()

    class Meta:
        db_table = "attempt"

    def __str__(self) -> str:
        return f"attempt on {self.lane_id}"


class LastSent(models.Model):
    """What a profile has been told: `{name: [version, value]}`, the value left out where it is unknown.

    The version is the key of the event that the value came from. `target` names the place where the profile lives.
    `is_known` is false while nobody can say which of the values have arrived.
    """

    pk = models.CompositePrimaryKey("connection_id", "profile")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="told", db_index=False)
    profile = models.TextField()
    target = models.CharField(max_length=64)
    attributes = models.JSONField(default=dict)
    is_known = models.BooleanField(default=True)

    class Meta:
        db_table = "last_sent"

    def __str__(self) -> str:
        return f"what {self.profile} was told"


class ResyncState(models.TextChoices):
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"


class Resync(models.Model):
    """How far a resync has come: `queued` of `total` members have got their marker, the last of them is `cursor`.

    `unread` are accounts whose state the platform could not tell; they are tried again. `refused` counts members whose
    attributes the other side did not take. The workers go on with one `is_in_background`; `trouble` is why it paused.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="resyncs")
    state = models.CharField(max_length=10, choices=ResyncState.choices, default=ResyncState.RUNNING)
    total = models.BigIntegerField()
    queued = models.BigIntegerField(default=0)
    cursor = models.CharField(max_length=128, blank=True)
    # That of the lanes into which the markers go.
    epoch = models.IntegerField(default=1, db_default=1)
    unread = models.JSONField(default=list)
    refused = models.BigIntegerField(default=0)
    is_in_background = models.BooleanField(default=False, db_default=False)
    trouble = models.TextField(blank=True, db_default="")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "resync"
        constraints = [
            models.UniqueConstraint(
                fields=["connection"], condition=Q(state__in=["running", "paused"]), name="resync_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"resync of {self.connection}"


class State(models.TextChoices):
    DELIVERED = "delivered", _("Delivered")
    DEAD = "dead", _("Failed")
    FILTERED = "filtered", _("Not sent")


@day_partitioned
class DeliveryOutcome(models.Model):
    """How one unit ended. `reason` is a symbol or the other side's words; `notes` name values that were left out.

    `refused` names the parts of a dead unit that were not taken, None when nothing of it was.
    After `replayed_at`, by a job or by itself, it is history: the unit waits again, or has a newer outcome.
    """

    day = models.DateField()
    at = models.DateTimeField()
    program_id = models.BigIntegerField()
    connection_id = models.BigIntegerField(null=True)
    lane_id = models.BigIntegerField()
    sequence = models.BigIntegerField()
    stored_event_id = models.BigIntegerField()
    event_day = models.DateField()
    event_id = models.CharField(max_length=128)
    account_id = models.CharField(max_length=128)
    type = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices)
    reason = models.TextField(blank=True)
    is_maybe_twice = models.BooleanField(default=False)
    request_id = models.CharField(max_length=36, blank=True)
    notes = models.JSONField(default=list)
    refused = models.JSONField(null=True)
    replayed_at = models.DateTimeField(null=True)
    replay_job_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "delivery_outcome"
        indexes = OUTCOME_INDEXES

    def __str__(self) -> str:
        return f"{self.event_id} {self.state}"
