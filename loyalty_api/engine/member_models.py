"""The rows of accounts, of the people behind them, and of who calls the interface."""

from django.db import models
from django.db.models import Q

from loyalty_api.engine.identity import new_id
from selfservice.programs.models import Program


class AccountStatus(models.TextChoices):
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    LOCKED = "LOCKED"


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
    # A level's slug; empty in a program without levels.
    level = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["program", "-created_at", "-id"], name="account_newest")]
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


class ApiUser(models.Model):
    """Who signs in to the REST API, in all programs of the organisation. Only the password's hash is kept."""

    org = models.CharField(max_length=64)
    user_name = models.CharField(max_length=120)
    password = models.CharField(max_length=128)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["org", "user_name"], name="api_user_name_unique")]

    def __str__(self) -> str:
        return f"{self.org}/{self.user_name}"
