"""The levels of a program, whatever platform it has: a remote one's are entered here along with the program."""

from loyalty_api.engine import tiers
from selfservice.programs.models import Program


def level_ranks(program: Program) -> dict[str, int]:
    """The place of each level by its id and by its name, in small letters; the lowest level has 0."""
    ranks: dict[str, int] = {}
    for rank, level in enumerate(tiers.levels_of(program)):
        ranks[level.id.casefold()] = ranks[level.name.casefold()] = rank
    return ranks
