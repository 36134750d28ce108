"""What is still to be done after a member was erased."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from integrations.connections.models import Connection
from selfservice.partitions.rows import kept_since
from selfservice.programs.models import Program


class ErasureState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Deleted")
    FAILED = "failed", _("Failed")


@kept_since("finished_at")
class ProfileErasure(models.Model):
    """One profile, kept until it is deleted there. `due_at` is when it is tried next, and a lease while somebody
    tries. A failed one waits for a person; `error` says why, as the other side or we put it."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="profile_erasures")
    account_id = models.CharField(max_length=128)
    profile = models.TextField()
    state = models.CharField(max_length=10, choices=ErasureState.choices, default=ErasureState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "profile_erasure"
        indexes = [models.Index(fields=["due_at"], condition=Q(state="waiting"), name="profile_erasure_due")]

    def __str__(self) -> str:
        return f"{self.profile} at {self.connection}: {self.state}"


class SecondLook(models.Model):
    """A member whose call log is looked through once more, for what was under way while it was erased. `names` are the
    ids by which others know the member; the row goes with the look."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="+")
    account_id = models.CharField(max_length=128)
    names = models.JSONField(default=list)
    erased_at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "erasure_second_look"

    def __str__(self) -> str:
        return self.account_id
