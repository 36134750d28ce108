"""A person who signs in, with sessions and second factor. The mail address is the name."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from selfservice.database.texts import one_line
from selfservice.secrets.fields import EncryptedTextField


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_operator=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class Theme(models.TextChoices):
    SYSTEM = "system", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class User(AbstractBaseUser, PermissionsMixin):
    """An operator sees every program and Django's admin; everybody else what their roles allow."""

    email = models.EmailField(_("mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)
    # Empty: pages follow the browser.
    language = models.CharField(_("language"), max_length=10, blank=True)
    theme = models.CharField(_("appearance"), max_length=10, choices=Theme.choices, default=Theme.SYSTEM)
    # To within a few minutes, and not with each page.
    seen_at = models.DateTimeField(null=True, editable=False)
    link_sent_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return self.email

    @property
    def mail_language(self) -> str:
        return self.language or settings.LANGUAGE_CODE

    @property
    def is_staff(self) -> bool:
        return self.is_operator

    def clean(self) -> None:
        super().clean()
        try:
            one_line(self.name)
        except ValidationError as error:
            raise ValidationError({"name": error}) from None

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Django's admin asks for this flag; here it says nothing that `is_operator` does not.
        self.is_superuser = self.is_operator
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)


class PersonSession(AbstractBaseSession):
    """A session that its person can find again: where it began, and when it was used last. Its key is the secret of a
    cookie and appears nowhere else."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    browser = models.CharField(max_length=300, blank=True)
    address = models.GenericIPAddressField(null=True)
    begun_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    @classmethod
    def get_session_store_class(cls) -> Any:
        return import_string(f"{settings.SESSION_ENGINE}.SessionStore")


class SecondFactor(models.Model):
    """What a person shows besides the password: codes of an app that knows `secret`. It counts from `confirmed_at` on,
    when the first code was shown. `last_step` is the time step of the last code that was taken, since none is taken
    twice."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="second_factor")
    secret = EncryptedTextField()
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.user)


class RecoveryCode(models.Model):
    """Lets a person in once who has lost the app. Of the code only a digest is kept."""

    factor = models.ForeignKey(SecondFactor, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["factor", "digest"], name="recovery_code_once")]

    def __str__(self) -> str:
        return f"recovery code of {self.factor}"
