"""The ledger: for each connection, how many units were accepted and what became of them. No row is counted."""

from dataclasses import asdict, dataclass

from django.db.models import QuerySet, Sum

from integrations.connections.models import Connection
from integrations.delivery.models import Lane
from selfservice.programs.models import Program


@dataclass(frozen=True, slots=True)
class Tally:
    """`accepted` = `delivered` + `dead` + `filtered` + `waiting`, at every moment; `maybe_twice` is a mark on top."""

    accepted: int = 0
    delivered: int = 0
    dead: int = 0
    filtered: int = 0
    waiting: int = 0
    maybe_twice: int = 0

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


def program_tally(*, program: Program) -> Tally:
    return _sum(Lane.objects.filter(program=program))


def connection_tally(*, connection: Connection) -> Tally:
    return _sum(Lane.objects.filter(connection=connection))


def _sum(lanes: QuerySet[Lane]) -> Tally:
    # One statement, hence one snapshot: the numbers of a moment belong together.
    sums = lanes.aggregate(
        accepted=Sum("accepted", default=0),
        delivered=Sum("delivered", default=0),
        dead=Sum("dead", default=0),
        filtered=Sum("filtered", default=0),
        maybe_twice=Sum("maybe_twice", default=0),
    )
    return Tally(**sums, waiting=sums["accepted"] - sums["delivered"] - sums["dead"] - sums["filtered"])
