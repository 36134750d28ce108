"""From the platform's JSON to the records of the contract. Numbers may be texts, times may lack a zone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from loyalty_api.client.http.answers import garbage
from loyalty_api.contract import (
    Account,
    Balance,
    Booking,
    BookingType,
    ExpiringPoints,
    Json,
    Level,
    Membership,
    Optin,
    Partner,
    Store,
    User,
)

_MAX_NUMBER = 10**15
# The platform's newer pages say EARN and BURN.
_BOOKING_TYPES = {name: kind for kind in BookingType for name in (kind.value, kind.value.removesuffix("BOOKING"))}


@dataclass(frozen=True, slots=True)
class Reader:
    """One object of an answer. `spellings` is the endpoint map's; every method raises PlatformUnavailable for a value
    of another kind than the one asked for, and reads null as absent."""

    values: Mapping[str, Json]
    record: str
    spellings: Mapping[str, tuple[str, ...]]
    zone: ZoneInfo

    def other(self, values: Json, record: str) -> "Reader":
        if not isinstance(values, Mapping):
            raise garbage()
        return Reader(values, record, self.spellings, self.zone)

    def raw(self, name: str) -> Json:
        found = (self.values.get(spelling) for spelling in self.spellings[f"{self.record}.{name}"])
        return next((value for value in found if value is not None), None)

    def has(self, name: str) -> bool:
        """Whether the platform says anything of it, and be it that there is none."""
        return any(spelling in self.values for spelling in self.spellings[f"{self.record}.{name}"])

    def text(self, name: str) -> str:
        value = self.raw(name)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise garbage()
        return str(value)

    def required(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise garbage()
        return value

    def number(self, name: str) -> float | None:
        """A whole one as int."""
        value = self.raw(name)
        if value is None or value == "":
            return None
        try:
            found = Decimal(str(value))
        except InvalidOperation:
            raise garbage() from None
        if isinstance(value, bool) or not found.is_finite() or abs(found) > _MAX_NUMBER:
            raise garbage()
        return int(found) if found == found.to_integral_value() else float(found)

    def whole(self, name: str, default: int = 0) -> int:
        value = self.number(name)
        if value is None:
            return default
        return int(value)

    def flag(self, name: str) -> bool:
        value = self.raw(name)
        if value is not None and not isinstance(value, bool):
            raise garbage()
        return bool(value)

    def moment(self, name: str) -> datetime | None:
        value = self.text(name)
        if not value:
            return None
        try:
            found = datetime.fromisoformat(value)
            return (found if found.tzinfo else found.replace(tzinfo=self.zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise garbage() from None

    def day(self, name: str) -> date | None:
        value = self.text(name)
        try:
            return date.fromisoformat(value[:10]) if value else None
        except ValueError:
            raise garbage() from None

    def items(self, name: str, record: str) -> Iterator["Reader"]:
        value = self.raw(name)
        if value is not None and not isinstance(value, list):
            raise garbage()
        return (self.other(item, record) for item in value or [])

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.raw(name)
        if value is not None and not isinstance(value, list):
            raise garbage()
        return tuple(str(item) for item in value or [])

    def properties(self, name: str) -> dict[str, Json]:
        """`[{name, value}]`, or an object."""
        value = self.raw(name)
        if isinstance(value, Mapping):
            return dict(value)
        if not isinstance(value, list | None):
            raise garbage()
        pairs = [item for item in value or [] if isinstance(item, Mapping)]
        return {str(pair["name"]): pair.get("value") for pair in pairs if pair.get("name")}


def account(source: Reader) -> Account:
    return Account(
        id=source.required("id"),
        program=source.text("program"),
        status=source.text("status"),
        created_at=source.moment("created_at"),
    )


def balance(source: Reader, *, status_points: int) -> Balance:
    """`status_points` stands in where the platform tells them with the level only."""
    return Balance(
        points=source.whole("points"),
        locked_points=source.whole("locked_points"),
        status_points=source.whole("status_points", status_points),
    )


def level(source: Reader) -> Level:
    name = source.required("name")
    return Level(id=source.text("id"), name=name, needed_status_points=source.whole("needed"))


def user(source: Reader) -> User:
    return User(
        id=source.required("id"),
        email_address=source.text("email_address"),
        phone=source.text("phone"),
        given_name=source.text("given_name"),
        family_name=source.text("family_name"),
        birth_date=source.day("birth_date"),
        gender_code=source.text("gender_code"),
        street_house_no=source.text("street_house_no"),
        zip_code=source.text("zip_code"),
        city=source.text("city"),
        country_code=source.text("country_code"),
        custom_properties=source.properties("custom_properties"),
    )


def membership(source: Reader, *, account_id: str) -> Membership:
    return Membership(
        id=source.text("id"),
        account_id=source.text("account_id") or account_id,
        user_id=source.text("user_id"),
        role=source.text("role"),
        partner_id=source.text("partner_id"),
        optins=tuple(Optin(item.required("type"), item.flag("flag")) for item in source.items("optins", "optin")),
        created_at=source.moment("created_at"),
    )


def external_code(found: Iterable[Reader]) -> str:
    """The first one of an account's identifiers."""
    return next((each.text("code") for each in found if each.text("type") == "EXTERNALCODE"), "")


def expiring_points(source: Reader) -> ExpiringPoints | None:
    expires_at, points = source.moment("expires_at"), source.whole("points")
    return ExpiringPoints(points=points, expires_at=expires_at) if expires_at and points > 0 else None


def booking(source: Reader) -> Booking:
    booked_at = source.moment("booked_at")
    value_at = source.moment("value_at")
    kind = _BOOKING_TYPES.get(source.text("type"))
    if booked_at is None or kind is None:
        raise garbage()
    partner = _partner(source)
    return Booking(
        id=source.required("id"),
        type=kind,
        type_code=source.text("type_code"),
        points=source.whole("points"),
        reason=source.text("reason"),
        booked_at=booked_at,
        reference_id=source.text("reference_id"),
        external_id=source.text("external_id"),
        interaction_id=source.text("interaction_id"),
        is_locked=source.flag("is_locked"),
        locked_until=source.moment("locked_until"),
        value_at=None if value_at == booked_at else value_at,
        partner=partner,
        store=_store(source, partner_id=partner.id if partner else ""),
    )


def _partner(source: Reader) -> Partner | None:
    told = source.raw("partner")
    place = source.other(told, "partner") if isinstance(told, Mapping) else None
    return Partner(id=place.text("id"), name=place.text("name")) if place and place.text("id") else None


def _store(source: Reader, *, partner_id: str) -> Store | None:
    told = source.raw("store")
    place = source.other(told, "store") if isinstance(told, Mapping) else None
    if place is None or not place.text("id"):
        return None
    return Store(id=place.text("id"), partner_id=partner_id, name=place.text("name"))
