"""The rows of what an account is found by: its further codes, and the words of the search."""

from django.db import models

from loyalty_api.engine.identity import new_id
from loyalty_api.engine.member_models import Account
from selfservice.programs.models import Program


class IdentifierType(models.TextChoices):
    APPCODE = "APPCODE"
    CARDCODE = "CARDCODE"
    EXTERNALCODE = "EXTERNALCODE"


class IdentifierStatus(models.TextChoices):
    ACTIVE = "ACTIVE"
    LOCKED = "LOCKED"


class Identifier(models.Model):
    """A card, an app or an external number. A locked one no longer leads to its account."""

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="identifiers")
    type = models.CharField(max_length=16, choices=IdentifierType.choices)
    code = models.CharField(max_length=128)
    display_code = models.CharField(max_length=128, blank=True)
    status = models.CharField(max_length=10, choices=IdentifierStatus.choices, default=IdentifierStatus.ACTIVE)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["program", "type", "code"], name="identifier_code_unique")]

    def __str__(self) -> str:
        return self.id


class SearchWord(models.Model):
    """One folded word by which an account is found; see `search_words`.

    The key serves "has this account the word too?", the index "which accounts have a word that begins so?". Both need
    the collation C, in which a LIKE with a fixed beginning is a range of the index.
    """

    pk = models.CompositePrimaryKey("account_id", "word")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    word = models.CharField(max_length=64, db_collation="C")
    # Checked through the account already.
    program = models.ForeignKey(
        Program, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        indexes = [models.Index(fields=["program", "word", "account"], name="search_word_beginning")]

    def __str__(self) -> str:
        return self.word
