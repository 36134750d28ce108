"""What happened in an hour. The database itself counts what is written to the log, in the same transaction.

A trigger adds a few rows to a `…_delta` table for each statement that writes to the log; `folding.fold` sums them up
into the `…_count` table. So a number is exact at every moment (counts and deltas together), and nothing that writes to
the log waits for a row that others write too. Calls are summed up twice more, for who looks at months: by the day with
everything that tells them apart, and by the hour without most of it.
"""

from django.db import models


class CallFigures(models.Model):
    """Calls of one kind in one hour. `bucket` is the duration: below 2 to the power of `bucket` milliseconds.

    `status` is below zero, -200 for 200, where the answer says `internal_error` all the same.
    """

    program_id = models.BigIntegerField()
    hour = models.DateTimeField()
    kind = models.CharField(max_length=32)
    direction = models.CharField(max_length=3)
    endpoint = models.CharField(max_length=64)
    key_prefix = models.CharField(max_length=8)
    status = models.SmallIntegerField()
    bucket = models.SmallIntegerField()
    calls = models.BigIntegerField()
    units = models.BigIntegerField()

    class Meta:
        abstract = True


class CallDelta(CallFigures):
    class Meta:
        db_table = "call_delta"


class CallCount(CallFigures):
    class Meta:
        db_table = "call_count"
        constraints = [
            models.UniqueConstraint(
                fields=["program_id", "hour", "kind", "direction", "endpoint", "key_prefix", "status", "bucket"],
                name="call_count_once",
            )
        ]


class CallDayCount(CallFigures):
    """The same by the day, UTC; `hour` is its first."""

    class Meta:
        db_table = "call_day_count"
        constraints = [
            models.UniqueConstraint(
                fields=["program_id", "hour", "kind", "direction", "endpoint", "key_prefix", "status", "bucket"],
                name="call_day_count_once",
            )
        ]


class CallHourCount(models.Model):
    """The same by the hour, whatever the endpoint, key and duration."""

    program_id = models.BigIntegerField()
    hour = models.DateTimeField()
    kind = models.CharField(max_length=32)
    direction = models.CharField(max_length=3)
    status = models.SmallIntegerField()
    calls = models.BigIntegerField()
    units = models.BigIntegerField()

    class Meta:
        db_table = "call_hour_count"
        constraints = [
            models.UniqueConstraint(
                fields=["program_id", "hour", "kind", "direction", "status"], name="call_hour_count_once"
            )
        ]


class OutcomeFigures(models.Model):
    """Events of one type that ended in one way in one hour. Without a connection they were filtered at once.

    `reason` is one of our symbols, or "refused" for what the other side said in its own words; none when delivered.
    """

    program_id = models.BigIntegerField()
    hour = models.DateTimeField()
    connection_id = models.BigIntegerField()
    type = models.CharField(max_length=64)
    state = models.CharField(max_length=10)
    is_maybe_twice = models.BooleanField()
    reason = models.CharField(max_length=40, default="", db_default="")
    events = models.BigIntegerField()

    class Meta:
        abstract = True


class OutcomeDelta(OutcomeFigures):
    class Meta:
        db_table = "outcome_delta"


class OutcomeCount(OutcomeFigures):
    class Meta:
        db_table = "outcome_count"
        constraints = [
            models.UniqueConstraint(
                fields=["program_id", "hour", "connection_id", "type", "state", "is_maybe_twice", "reason"],
                name="outcome_count_once",
            )
        ]


class UndeliveredFigures(models.Model):
    """Events that are failed or filtered at the moment, by the day on which they ended (UTC) and by cause.

    What is sent again is taken out. The cause is the outcome's reason without what differs from event to event.
    """

    connection_id = models.BigIntegerField()
    day = models.DateField()
    state = models.CharField(max_length=10)
    cause = models.CharField(max_length=160)
    type = models.CharField(max_length=64)
    is_maybe_twice = models.BooleanField()
    events = models.BigIntegerField()

    class Meta:
        abstract = True


class UndeliveredDelta(UndeliveredFigures):
    class Meta:
        db_table = "undelivered_delta"
        indexes = [models.Index(fields=["connection_id"], name="undelivered_delta_of")]


class UndeliveredCount(UndeliveredFigures):
    class Meta:
        db_table = "undelivered_count"
        constraints = [
            models.UniqueConstraint(
                fields=["connection_id", "state", "day", "cause", "type", "is_maybe_twice"],
                name="undelivered_count_once",
            )
        ]
