"""The rows of places: partners, their stores, and the interaction points that calls come from."""

from django.db import models
from django.db.models import Q

from loyalty_api.engine.identity import new_id
from selfservice.programs.models import Program


class Place(models.Model):
    """Nothing that receipts and members refer to is deleted: it is retired, and is not offered any more."""

    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Partner(Place):
    """A merchant or brand of a program."""

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="partners")
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["program", "name"], name="partner_name_unique")]

    def __str__(self) -> str:
        return self.name


class Store(Place):
    """A shop of a partner."""

    id = models.CharField(primary_key=True, max_length=64, default=new_id, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="stores")
    name = models.CharField(max_length=120)
    street_house_no = models.CharField(max_length=200, blank=True)
    zip_code = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=120, blank=True)
    country_code = models.CharField(max_length=2, blank=True)
    phone = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["partner", "name"], name="store_name_unique")]

    def __str__(self) -> str:
        return self.name


class InteractionPoint(Place):
    """A till, shop or app. `code` is what the header `interaction-id` says.

    A call without the header comes from the default one, where there is one. One that is retired takes no calls.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="interaction_points")
    code = models.CharField(max_length=64)
    partner = models.ForeignKey(Partner, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    store = models.ForeignKey(Store, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_default = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["program", "code"], name="interaction_point_unique"),
            models.UniqueConstraint(fields=["program"], condition=Q(is_default=True), name="interaction_point_default"),
            models.CheckConstraint(condition=Q(store=None) | ~Q(partner=None), name="interaction_point_store_partner"),
        ]

    def __str__(self) -> str:
        return self.code
