"""The rows of who calls the interface: its users, their failed logins, and tokens that were given back."""

from django.db import models


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


class LoginFailure(models.Model):
    """Wrong passwords in a row. `key` is a digest of organisation, user name and address."""

    key = models.CharField(primary_key=True, max_length=64)
    count = models.PositiveSmallIntegerField(default=1)
    last_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key


class RevokedToken(models.Model):
    """A token that was logged out before its end. Only its digest is kept, until it would have expired anyway."""

    digest = models.CharField(primary_key=True, max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest
