"""The people, levels and coupons of the demo."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from loyalty_api.contract import CouponText, Level

LEVELS = (
    Level(id="basic", name="Basic", needed_status_points=0),
    Level(id="silver", name="Silver", needed_status_points=300),
    Level(id="gold", name="Gold", needed_status_points=800),
)
PARTNERS = ("Market Hall", "Corner Shop", "Online")
# A till or an app at each of them.
INTERACTION_POINTS = ("market-hall-till-1", "corner-shop-till-1", "app")
# The first member's card; the others count on.
FIRST_CARD = 290_000_001


@dataclass(frozen=True, slots=True)
class Person:
    given_name: str
    family_name: str
    gender_code: str
    birth_date: date
    city: str
    country_code: str

    @property
    def email_address(self) -> str:
        local = f"{self.given_name}.{self.family_name}".lower()
        for letter, plain in {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", " ": "", "'": ""}.items():
            local = local.replace(letter, plain)
        return f"{local}@example.org"


@dataclass(frozen=True, slots=True)
class SampleCoupon:
    name: str
    usage_type: str
    value: int
    assignation_type: str
    days_left: int
    texts: Mapping[str, CouponText]
    external_code: str = ""
    max_redeem_count: int = 1
    activatable: bool = False


_PEOPLE = """
Anna,Schneider,FEMALE,1988-04-12,Berlin,DE
Thomas,Müller,MALE,1975-09-30,Hamburg,DE
Emily,Carter,FEMALE,1992-01-23,London,GB
Lukas,Weber,MALE,1999-07-04,München,DE
Oliver,Bennett,MALE,1983-11-17,Manchester,GB
Julia,Hoffmann,FEMALE,1990-02-08,Köln,DE
Sophie,Turner,FEMALE,1996-06-21,Bristol,GB
Markus,Bauer,MALE,1969-12-01,Nürnberg,DE
Katharina,Groß,FEMALE,1985-05-15,Leipzig,DE
James,O'Connor,MALE,1978-08-26,Dublin,IE
Lena,Fischer,FEMALE,2001-03-03,Dresden,DE
Grace,Hughes,FEMALE,1987-10-10,Cardiff,GB
Stefan,Krüger,MALE,1981-01-29,Bremen,DE
Harry,Morgan,MALE,1994-04-18,Leeds,GB
Miriam,Vogel,FEMALE,1979-07-11,Freiburg,DE
Jonas,Schäfer,MALE,1997-09-09,Stuttgart,DE
Alex,Winter,DIVERSE,1993-12-24,Frankfurt am Main,DE
Chloe,Walker,FEMALE,2000-02-14,Edinburgh,GB
Matthias,Huber,MALE,1972-06-06,Wien,AT
Nina,Keller,FEMALE,1986-08-19,Zürich,CH
William,Foster,MALE,1965-03-27,Liverpool,GB
Clara,Böhm,FEMALE,1998-11-05,Hannover,DE
Daniel,Richter,MALE,1984-10-31,Düsseldorf,DE
Isabel,Ward,FEMALE,1991-05-02,Oxford,GB
Felix,Neumann,MALE,1995-01-16,Potsdam,DE
"""


def _person(line: str) -> Person:
    given_name, family_name, gender_code, born, city, country_code = line.split(",")
    return Person(given_name, family_name, gender_code, date.fromisoformat(born), city, country_code)


PEOPLE = tuple(_person(line) for line in _PEOPLE.strip().splitlines())

COUPONS = (
    SampleCoupon(
        name="Spring discount",
        usage_type="DISCOUNT",
        value=20,
        assignation_type="INDIVIDUAL",
        days_left=60,
        external_code="SPRING20",
        texts={
            "en": CouponText("20 % off one item", "Only for you", "Show the code at the till.", "Spring discount"),
            "de": CouponText(
                "20 % auf einen Artikel", "Nur für dich", "Zeig den Code an der Kasse.", "Frühlingsrabatt"
            ),
        },
    ),
    SampleCoupon(
        name="Coffee reward",
        usage_type="REWARD",
        value=250,
        assignation_type="ALL",
        days_left=300,
        max_redeem_count=0,
        texts={
            "en": CouponText("A coffee for 250 points", "", "Any size, any shop.", "Coffee reward"),
            "de": CouponText("Ein Kaffee für 250 Punkte", "", "Jede Größe, jede Filiale.", "Kaffeeprämie"),
        },
    ),
    SampleCoupon(
        name="Tote bag reward",
        usage_type="REWARD",
        value=900,
        assignation_type="ALL",
        days_left=300,
        max_redeem_count=0,
        texts={
            "en": CouponText("A tote bag for 900 points", "", "While stocks last.", "Tote bag reward"),
            "de": CouponText("Eine Tasche für 900 Punkte", "", "Solange der Vorrat reicht.", "Taschenprämie"),
        },
    ),
    SampleCoupon(
        name="Weekend bonus",
        usage_type="EXTRAPOINT",
        value=100,
        assignation_type="ALL",
        days_left=21,
        activatable=True,
        texts={
            "en": CouponText("100 extra points", "Activate first", "With your next purchase.", "Weekend bonus"),
            "de": CouponText("100 Extrapunkte", "Erst aktivieren", "Bei deinem nächsten Einkauf.", "Wochenendbonus"),
        },
    ),
)
