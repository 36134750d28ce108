"""One program's configuration of one integration."""

import hashlib
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrations.registry import spec_for
from integrations.spec import Configuration, IntegrationSpec
from selfservice.programs.models import Program
from selfservice.secrets.fields import EncryptedJSONField
from selfservice.secrets.secret import Secret

# The reasons of tests that found nothing wrong.
GOOD_TESTS = frozenset({"ok", "slow"})


class Connection(models.Model):
    """`config` holds the form's fields in clear, `secrets` the others.

    `is_complete` is stored, because intake asks for it with every event. `generation` rises with each change of
    configuration, `lane_epoch` with each change of what names a profile. Nothing is sent before `parked_until`, because
    of failures or, if `is_wait_stated`, because the other side asked; `stopped_at` says that it refuses us.
    `resumed_at` is when waiting began to count anew. `bulk_refusal` says why the way for many at once is not used:
    until `bulk_rests_until`, or until the connection is saved. Since the last success there were `failures`, the last
    one for `failure_reason`, and `refusals` of single events in a row, each for the same reason. `proven_generation` is
    the last one of which a request was taken: who refuses then refuses events, and not the connection.
    `tested_generation` is the last one that a person's test found as `test_reason` says; it rises along where a change
    leaves key and place as they were.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="connections")
    kind = models.CharField(max_length=32)
    config = models.JSONField(default=dict)
    secrets = EncryptedJSONField(default=dict)
    secret_hints = models.JSONField(default=dict)
    secret_fingerprints = models.JSONField(default=dict)
    is_complete = models.BooleanField(default=False)
    generation = models.PositiveIntegerField(default=1)
    lane_epoch = models.PositiveIntegerField(default=1)
    paused_at = models.DateTimeField(null=True)
    parked_until = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    resumed_at = models.DateTimeField(null=True)
    stop_reason = models.TextField(blank=True)
    failures = models.PositiveIntegerField(default=0)
    failure_reason = models.TextField(blank=True, db_default="")
    refusals = models.PositiveIntegerField(default=0)
    refusal = models.TextField(blank=True)
    bulk_refusal = models.TextField(blank=True, db_default="")
    bulk_rests_until = models.DateTimeField(null=True)
    proven_generation = models.PositiveIntegerField(default=0, db_default=0)
    is_wait_stated = models.BooleanField(default=False, db_default=False)
    tested_generation = models.PositiveIntegerField(default=0, db_default=0)
    test_reason = models.CharField(max_length=64, blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "kind"], name="connection_once_per_program_and_kind")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.program}"

    @property
    def spec(self) -> IntegrationSpec:
        return spec_for(self.kind)

    @property
    def missing(self) -> list[str]:
        """The fields that keep the connection incomplete."""
        return self.spec.missing(self.config | dict.fromkeys(self.secret_hints, True))

    @property
    def status(self) -> str:
        if not self.is_complete:
            return "incomplete"
        if self.stopped_at:
            return "stopped"
        return "paused" if self.paused_at else "active"

    @property
    def status_label(self) -> str:
        labels = {
            "incomplete": _("Incomplete"),
            "stopped": _("Stopped"),
            "paused": _("Paused"),
            "active": _("Streaming"),
        }
        return str(labels[self.status])

    @property
    def is_proven(self) -> bool:
        return self.proven_generation == self.generation

    @property
    def is_tested(self) -> bool:
        """Whether `test_reason` speaks of the configuration as it is."""
        return self.tested_generation == self.generation

    @property
    def is_known_to_work(self) -> bool:
        """A request of this configuration was taken, or a test of it was good."""
        return self.is_proven or (self.is_tested and self.test_reason in GOOD_TESTS)

    def rests_bulk(self, now: datetime) -> bool:
        return bool(self.bulk_refusal) and (self.bulk_rests_until is None or self.bulk_rests_until > now)

    def load_config(self) -> Any:
        """The configuration as the integration's own type, secrets wrapped. Reads nothing."""
        return self.spec.load_config(
            Configuration(
                fields=self.config | {name: Secret(value) for name, value in self.secrets.items()},
                currency=self.program.currency,
                optins=tuple(self.program.optins),
            )
        )


def fingerprint(value: str) -> str:
    """Tells whether two secrets are equal without telling what they are; for secrets of high entropy only."""
    return hashlib.sha256(value.encode()).hexdigest()[:16]
