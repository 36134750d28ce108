"""The members that the benchmarks work on: a file for the import, and what a till's clerk would type to find one."""

from pathlib import Path

_GIVEN = ("Anna", "Ben", "Clara", "David", "Emma", "Felix", "Greta", "Hannes", "Ida", "Jörg", "Käthe", "Lukas")
_STEMS = ("Berg", "Feld", "Hof", "Stein", "Wald", "Bach", "Eich", "Lind", "Rosen", "Stern", "Winter", "Sommer")
_ENDS = ("mann", "er", "ler", "meier", "hauser", "brandt", "ke", "wald", "rich", "ling", "stedt", "kamp", "egger")
_CITIES = ("Köln", "Wien", "Zürich", "Bern", "Graz", "Bonn", "Ulm", "Trier", "Mainz", "Essen")
_COLUMNS = "accountId,userId,givenName,familyName,emailAddress,city,zipCode,birthDate,cardCode,points"
# A step that shares no factor with any size used here, so that neighbours are not alike.
_STEP = 7919


def write_members(path: Path, *, count: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{_COLUMNS}\n")
        file.writelines(f"{_line(number)}\n" for number in range(count))


def account_id(number: int) -> str:
    return f"a-{number}"


def card_code(number: int) -> str:
    return f"{40_000_000 + number}"


def spread(number: int, *, count: int) -> int:
    """A walk over all members that visits each once."""
    return number * _STEP % count


def search_term(number: int, *, count: int) -> str:
    """Five ways to ask, in turn: a name and the beginning of another, the beginning of a name, a card, a mail address,
    and two beginnings that many members share."""
    member = spread(number, count=count)
    given, family = _names(member)
    terms = (
        f"{given} {family[:6]}",
        family[:5],
        card_code(member),
        f"p{member}@",
        f"{given[:2]} {_CITIES[number % len(_CITIES)]}",
    )
    return terms[number % len(terms)]


def _names(number: int) -> tuple[str, str]:
    """As in life, some names are common; a number in the family name stands for the many rare ones."""
    stem, end = _STEMS[number % len(_STEMS)], _ENDS[number // 12 % len(_ENDS)]
    rare = f"-{stem}{number % 997}" if number % 3 == 0 else ""
    return _GIVEN[number // 5 % len(_GIVEN)], f"{stem}{end}{rare}"


def _line(number: int) -> str:
    given, family = _names(number)
    city, postcode = _CITIES[number // 7 % len(_CITIES)], 10_000 + number % 7_000
    born = f"19{50 + number % 50}-0{1 + number % 9}-1{number % 10}"
    person = f"{given},{family},p{number}@example.org,{city},{postcode},{born}"
    return f"{account_id(number)},u-{number},{person},{card_code(number)},{100 + number % 900}"
