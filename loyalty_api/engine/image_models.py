"""Images that were uploaded here."""

from django.db import models

from selfservice.programs.models import Program


class StoredImage(models.Model):
    """One file as it came. It never changes, and stays: a message that was sent may show it for years."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="+")
    # Of the bytes; it is the image's name in its address.
    digest = models.CharField(max_length=40, db_index=True)
    content_type = models.CharField(max_length=16)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    content = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "digest"], name="stored_image_once")]

    def __str__(self) -> str:
        return self.digest
