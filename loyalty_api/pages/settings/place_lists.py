"""The places of a program as tables, and as choices of a form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loyalty_api.client.place_setup import key_of
from loyalty_api.engine.models import InteractionPoint, Partner, Store
from selfservice.programs.models import Program


@dataclass(frozen=True, slots=True)
class PlaceLists:
    """Each in the order of names; `retired` are of all three kinds, each with what it is. Points come with the
    key that addresses name them by."""

    partners: list[Partner]
    stores: list[Store]
    points: list[tuple[str, InteractionPoint]]
    retired: list[tuple[str, str, str]]

    @property
    def is_empty(self) -> bool:
        return not (self.partners or self.stores or self.points)


def place_lists(program: Program) -> PlaceLists:
    partners = list(Partner.objects.filter(program=program))
    stores = list(Store.objects.filter(partner__program=program).select_related("partner"))
    points = list(InteractionPoint.objects.filter(program=program).select_related("partner", "store"))
    retired = [
        *(("partner", row.pk, row.name) for row in partners if row.retired_at),
        *(("store", row.pk, row.name) for row in stores if row.retired_at),
        *(("interaction_point", key_of(row), row.code) for row in points if row.retired_at),
    ]
    return PlaceLists(
        [row for row in partners if not row.retired_at],
        [row for row in stores if not row.retired_at],
        [(key_of(row), row) for row in points if not row.retired_at],
        retired,
    )


def choices_of(program: Program, stored: Mapping[str, Any]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Partners and stores, as id and name: those in use, and what is `stored` although it was retired."""
    partners = Partner.objects.filter(program=program)
    stores = Store.objects.filter(partner__program=program).select_related("partner")
    return (
        [(row.pk, row.name) for row in partners if not row.retired_at or row.pk == stored.get("partner")],
        [
            (row.pk, f"{row.partner.name} · {row.name}")
            for row in stores
            if not row.retired_at or row.pk == stored.get("store")
        ],
    )
