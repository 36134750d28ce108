"""Messages that are no event of a program of ours."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from selfservice.partitions.rows import kept_since


class Reason(models.TextChoices):
    TOO_LARGE = "too_large", _("Too large")
    INVALID_JSON = "invalid_json", _("No JSON")
    VALIDATION_FAILED = "validation_failed", _("No valid event")
    UNKNOWN_PROGRAM = "unknown_program", _("Unknown program")
    NOT_STORABLE = "not_storable", _("Could not be stored")


@kept_since("parked_at")
class ParkedMessage(models.Model):
    """Stands aside so that what follows it goes on. Kafka keeps the message; `value` shows what it was, cut and without
    secrets. `is_wanted`: the reader is to fetch it once more."""

    topic = models.CharField(_("topic"), max_length=249)
    partition = models.IntegerField(_("partition"))
    offset = models.BigIntegerField(_("offset"))
    key = models.CharField(_("key"), max_length=128, blank=True)
    reason = models.CharField(_("reason"), max_length=24, choices=Reason.choices)
    message = models.TextField(_("explanation"))
    value = models.TextField(_("value"), blank=True)
    parked_at = models.DateTimeField(_("parked"), auto_now_add=True)
    tried_at = models.DateTimeField(_("last tried"), auto_now_add=True)
    is_wanted = models.BooleanField(_("to be read again"), default=False)

    class Meta:
        verbose_name = _("parked message")
        verbose_name_plural = _("parked messages")
        constraints = [models.UniqueConstraint(fields=["topic", "partition", "offset"], name="parked_once")]
        indexes = [models.Index(fields=["id"], condition=models.Q(is_wanted=True), name="parked_wanted")]

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"
