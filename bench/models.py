"""The tables of the bare application. They are made anew for each run, so there is no migration."""

from typing import ClassVar

from django.db import models


class BareKey(models.Model):
    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=40)

    objects: ClassVar[models.Manager["BareKey"]] = models.Manager()

    def __str__(self) -> str:
        return self.name


class BareRow(models.Model):
    """What the views read: one row by one index."""

    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    email = models.CharField(max_length=254)
    points = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["BareRow"]] = models.Manager()

    def __str__(self) -> str:
        return self.code


class BareEntry(models.Model):
    """What the views write."""

    code = models.CharField(max_length=64)
    points = models.BigIntegerField()
    body = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["BareEntry"]] = models.Manager()

    def __str__(self) -> str:
        return self.code


class BareUnit(models.Model):
    """What the bare loop claims, posts and marks. `state`: 0 waits, 1 is claimed, 2 is done."""

    state = models.SmallIntegerField(default=0)
    body = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["id"], condition=models.Q(state=0), name="bare_unit_waiting")]

    def __str__(self) -> str:
        return str(self.pk)
