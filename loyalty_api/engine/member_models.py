"""The rows of accounts and of the people behind them."""

from django.db import models
from django.db.models import Q

from loyalty_api.engine.identity import new_id
from selfservice.programs.models import Program


class AccountStatus(models.TextChoices):
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    LOCKED = "LOCKED"


class LiveAccounts(models.Manager["Account"]):
    """A deleted account keeps its row, because receipts refer to it, and is found by nobody."""

    def get_queryset(self) -> models.QuerySet["Account"]:
        return super().get_queryset().filter(deleted_at=None)


class Account(models.Model):
    """Collects points. The three balances move in the transaction that adds the ledger's line.

    `points` may fall below zero: a return takes back points that were spent already.
    """

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="accounts")
    status = models.CharField(max_length=10, choices=AccountStatus.choices, default=AccountStatus.ACTIVE)
    points = models.BigIntegerField(default=0)
    locked_points = models.BigIntegerField(default=0)
    status_points = models.BigIntegerField(default=0)
    # The slug of the level that counts; empty in a program without levels.
    level = models.CharField(max_length=64, blank=True)
    level_valid_to = models.DateTimeField(null=True, blank=True)
    # A level set by hand. While there is one, `earned_level` keeps what the status points have earned, and
    # `level_valid_to` is that level's.
    rating_level = models.CharField(max_length=64, blank=True)
    rating_level_valid_to = models.DateTimeField(null=True, blank=True)
    earned_level = models.CharField(max_length=64, blank=True)
    # The last booking, other than points that expired.
    last_activity_at = models.DateTimeField(null=True, blank=True)
    # The code of the first identifier of type EXTERNALCODE: each event names it.
    external_code = models.CharField(max_length=128, blank=True, default="", db_default="", editable=False)
    custom_properties = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = LiveAccounts()

    class Meta:
        indexes = [
            models.Index(fields=["program", "-created_at", "-id"], name="account_newest"),
            models.Index(fields=["program", "last_activity_at"], condition=Q(points__gt=0), name="account_with_points"),
            models.Index(
                fields=["level_valid_to"], condition=Q(level_valid_to__isnull=False), name="account_level_ends"
            ),
            models.Index(
                fields=["rating_level_valid_to"],
                condition=Q(rating_level_valid_to__isnull=False),
                name="account_rating_ends",
            ),
        ]
        constraints = [models.CheckConstraint(condition=Q(locked_points__gte=0), name="locked_points_not_negative")]

    def __str__(self) -> str:
        return self.id


class User(models.Model):
    """A person. Known to every program of the organisation, member of none by itself."""

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    org = models.CharField(max_length=64)
    email_address = models.CharField(max_length=254)
    phone = models.CharField(max_length=40, blank=True)
    given_name = models.CharField(max_length=120, blank=True)
    family_name = models.CharField(max_length=120, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    gender_code = models.CharField(max_length=10, blank=True)
    street_house_no = models.CharField(max_length=200, blank=True)
    zip_code = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=120, blank=True)
    country_code = models.CharField(max_length=2, blank=True)
    custom_properties = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["org", "-created_at", "-id"], name="user_newest")]

    def __str__(self) -> str:
        return self.id


class MemberRole(models.TextChoices):
    OWNER = "OWNER"
    COOWNER = "COOWNER"
    COLLECTOR = "COLLECTOR"


class Membership(models.Model):
    """One user on one account. `optins` maps a channel, in the program's spelling, to the member's answer."""

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=MemberRole.choices, default=MemberRole.OWNER)
    partner_id = models.CharField(max_length=64, blank=True)
    optins = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "user"], name="membership_user_once"),
            models.UniqueConstraint(fields=["account"], condition=Q(role="OWNER"), name="membership_one_owner"),
        ]

    def __str__(self) -> str:
        return self.id


class FraudCase(models.Model):
    """Why an account is locked. Its end gives the account back the status that it had."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE, related_name="fraud_case")
    reason = models.CharField(max_length=64)
    comment = models.CharField(max_length=1000, blank=True)
    former_status = models.CharField(max_length=10, choices=AccountStatus.choices)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.account_id}: {self.reason}"


class PushToken(models.Model):
    """A device that takes push messages. Of the token itself only a digest is kept: nothing here sends to it."""

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="push_tokens")
    digest = models.CharField(max_length=64)
    platform = models.CharField(max_length=32, blank=True)
    device_id = models.CharField(max_length=128, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="push_token_once")]

    def __str__(self) -> str:
        return self.id
