"""What a program wants to be told of, who is told, and what there was to tell."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from integrations.connections.models import Connection
from selfservice.partitions.rows import kept_since
from selfservice.programs.models import Program

DAYS_KEPT = settings.RETENTION_DAYS


class Rule(models.TextChoices):
    """What is looked at. The settings have a field `…_on` for each."""

    ERRORS = "errors", _("Error rate")
    AGE = "age", _("Age of the oldest waiting event")
    REFUSED = "refused", _("Key refused")
    SILENCE = "silence", _("Unusual silence")
    DEAD = "dead", _("Failed events")
    EXPIRY = "expiry", _("Events whose time ends")


# Of each threshold the least and the most.
BOUNDS = {
    "errors_percent": (1, 100),
    "errors_least": (1, 1_000_000),
    "errors_hours": (1, 24),
    "age_minutes": (5, 43_200),
    "silence_percent": (1, 90),
    "silence_least": (1, 1_000_000),
    "dead_count": (0, 100_000_000),
    "expiry_days": (1, DAYS_KEPT - 1),
    "reminder_hours": (0, 168),
    "quiet_minutes": (1, 1440),
}


class AlertSettings(models.Model):
    """The thresholds of a program; one that has no row has the defaults. As long as nobody `has_chosen` its people, its
    admins get the mails."""

    program = models.OneToOneField(Program, on_delete=models.CASCADE, primary_key=True, related_name="alert_settings")
    errors_on = models.BooleanField(default=True)
    errors_percent = models.PositiveIntegerField(default=10)
    errors_least = models.PositiveIntegerField(default=20)
    errors_hours = models.PositiveIntegerField(default=1)
    age_on = models.BooleanField(default=True)
    age_minutes = models.PositiveIntegerField(default=60)
    refused_on = models.BooleanField(default=True)
    silence_on = models.BooleanField(default=True)
    silence_percent = models.PositiveIntegerField(default=10)
    silence_least = models.PositiveIntegerField(default=20)
    dead_on = models.BooleanField(default=True)
    dead_count = models.PositiveIntegerField(default=100)
    expiry_on = models.BooleanField(default=True)
    expiry_days = models.PositiveIntegerField(default=min(60, DAYS_KEPT - 1))
    # 0: none is sent.
    reminder_hours = models.PositiveIntegerField(default=24)
    quiet_minutes = models.PositiveIntegerField(default=10)
    has_chosen = models.BooleanField(default=False)

    class Meta:
        db_table = "alert_settings"
        constraints = [
            models.CheckConstraint(
                condition=Q(*(Q((f"{name}__range", bounds)) for name, bounds in BOUNDS.items())),
                name="alert_settings_in_bounds",
            )
        ]

    def __str__(self) -> str:
        return f"alerts of {self.program}"

    def is_on(self, rule: Rule) -> bool:
        return bool(getattr(self, f"{rule}_on"))


class AlertReceiver(models.Model):
    """Somebody with a role in the program, or a further address, which counts once it was confirmed. Of the link in the
    mail that asks for it only a digest is kept."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="alert_receivers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    email = models.EmailField(max_length=254, blank=True)
    digest = models.CharField(max_length=64, unique=True, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    # What the mail server said when it took no mail.
    problem = models.CharField(max_length=300, blank=True)
    expires_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "alert_receiver"
        constraints = [
            models.UniqueConstraint(fields=["program", "user"], name="alert_receiver_person_once"),
            models.UniqueConstraint(
                fields=["program", "email"], condition=Q(user=None), name="alert_receiver_address_once"
            ),
            models.CheckConstraint(
                condition=(Q(user=None) & ~Q(email="")) | (Q(user__isnull=False) & Q(email="")),
                name="alert_receiver_either",
            ),
        ]

    def __str__(self) -> str:
        return self.email or str(self.user)

    def may_be_confirmed(self, *, now: datetime) -> bool:
        return self.confirmed_at is None and self.expires_at is not None and now < self.expires_at


@kept_since("ended_at")
class Incident(models.Model):
    """Of a rule and a connection one at most is open. `facts` are the numbers as long as it was bad; nothing has been
    since `quiet_since`. One that has ended without `is_cleared` was ended by switching its rule off."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="incidents")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="incidents")
    rule = models.CharField(max_length=10, choices=Rule.choices)
    facts = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    quiet_since = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    is_cleared = models.BooleanField(default=False)

    class Meta:
        db_table = "alert_incident"
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "rule"], condition=Q(ended_at=None), name="alert_incident_open_once"
            )
        ]
        indexes = [models.Index(fields=["program", "-opened_at"], name="alert_incident_of_program")]

    def __str__(self) -> str:
        return f"{self.rule} of {self.connection}"


class Moment(models.TextChoices):
    """At which moments of an incident a mail goes out, each once."""

    OPENED = "opened"
    REMINDER = "reminder"
    OVER = "over"


class AlertMail(models.Model):
    """A mail to one receiver: written down with the incident, sent afterwards. `due_at` is when it is tried next; while
    it is being sent it lies ahead, so that nobody else takes it."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="mails")
    moment = models.CharField(max_length=10, choices=Moment.choices)
    email = models.EmailField(max_length=254)
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "alert_mail"
        constraints = [models.UniqueConstraint(fields=["incident", "email", "moment"], name="alert_mail_once")]
        indexes = [models.Index(fields=["due_at"], condition=Q(sent_at=None, given_up_at=None), name="alert_mail_due")]

    def __str__(self) -> str:
        return f"{self.moment} of {self.incident_id} to {self.email}"


class AlertTurn(models.Model):
    """One row: the last minute that was looked at."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    minute = models.DateTimeField()

    class Meta:
        db_table = "alert_turn"

    def __str__(self) -> str:
        return str(self.minute)
