"""Which loyalty platform a program has, and how to reach it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from selfservice.programs.models import Program
from selfservice.secrets.fields import EncryptedTextField


class PlatformKind(models.TextChoices):
    EMBEDDED = "embedded", _("Embedded")
    REMOTE = "remote", _("Remote")


class LoyaltyPlatform(models.Model):
    """A program without a row has the embedded platform. All but `kind` is about a remote one."""

    program = models.OneToOneField(Program, on_delete=models.CASCADE, related_name="loyalty_platform")
    kind = models.CharField(max_length=10, choices=PlatformKind.choices, default=PlatformKind.EMBEDDED)
    url = models.CharField(max_length=300, blank=True)
    org = models.CharField(max_length=64, blank=True)
    user_name = models.CharField(max_length=120, blank=True)
    password = EncryptedTextField(blank=True)
    interaction_id = models.CharField(max_length=64, blank=True)
    # The program's name there; empty when it is our code.
    program_code = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind="embedded") | ~Q(url=""), name="remote_platform_has_url")
        ]

    def __str__(self) -> str:
        return f"{self.program}: {self.kind}"


class ImportRun(models.Model):
    """How far an import came in a file, which is known by its digest: a repeated run goes on from there."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="import_runs")
    kind = models.CharField(max_length=16)
    digest = models.CharField(max_length=64)
    rows_done = models.PositiveIntegerField(default=0)
    imported = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    # Of the refused ones those that are at fault themselves.
    faulty = models.PositiveIntegerField(default=0)
    # How much of the file of errors is committed.
    errors_bytes = models.PositiveBigIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "kind", "digest"], name="import_run_once")]

    def __str__(self) -> str:
        return f"{self.program}: {self.kind}"
