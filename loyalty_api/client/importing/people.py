"""The columns of a person, alike in the files of users and of members."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from loyalty_api.client.importing import cells
from loyalty_api.client.importing.cells import BadCell
from loyalty_api.engine.identity import new_id
from loyalty_api.engine.models import User

ID_LENGTH = 64
PERSON_COLUMNS = (
    "emailAddress",
    "phone",
    "givenName",
    "familyName",
    "birthDate",
    "genderCode",
    "streetHouseNo",
    "zipCode",
    "city",
    "countryCode",
    "property:",
)


def read_user(values: Mapping[str, str], *, org: str, created_at: datetime) -> User:
    """Raises BadCell."""
    user = User(
        id=read_id(values, "userId") or new_id(),
        org=org,
        email_address=cells.mail_address(values, "emailAddress"),
        phone=cells.text(values, "phone", longest=40),
        given_name=cells.text(values, "givenName", longest=120),
        family_name=cells.text(values, "familyName", longest=120),
        birth_date=cells.day(values, "birthDate"),
        gender_code=cells.choice(values, "genderCode", ("MALE", "FEMALE", "DIVERSE")),
        street_house_no=cells.text(values, "streetHouseNo", longest=200),
        zip_code=cells.text(values, "zipCode", longest=20),
        city=cells.text(values, "city", longest=120),
        country_code=_country(values),
        custom_properties=cells.free(values, "property:"),
        created_at=created_at,
    )
    if not user.email_address:
        raise BadCell("emailAddress", _("a user needs one"))
    return user


def read_id(values: Mapping[str, str], column: str) -> str:
    value = cells.text(values, column, longest=ID_LENGTH)
    # What could not stand in an address as it is, or in a coupon's id, would not lead back to its object.
    if not all(letter.isascii() and (letter.isalnum() or letter in "-_.~") for letter in value) or value in {".", ".."}:
        raise BadCell(column, _("letters, digits and - _ . ~ only"))
    return value


def is_person(values: Mapping[str, str]) -> bool:
    return any(values.get(column) for column in PERSON_COLUMNS) or bool(cells.free(values, "property:"))


def _country(values: Mapping[str, str]) -> str:
    value = values.get("countryCode", "").upper()
    if value and not (len(value) == 2 and value.isascii() and value.isalpha()):
        raise BadCell("countryCode", _("two letters like DE"))
    return value
