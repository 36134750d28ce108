"""A user of the platform, in Braze's formats."""

import pytest

from integrations.braze.config import PropertyMode
from integrations.spec import Mapped
from tests.factories.braze import mapped, request_of
from tests.factories.events import canonical_event


def changed_user(*, changed=(), **fields):
    """The canonical user with other fields; the event names what changed."""
    user = canonical_event("USER_CHANGED").data["user"] | fields
    return mapped(canonical_event("USER_CHANGED", data={"user": user, "changed": list(changed)}))


def custom(*pairs, changed=()):
    """What properties become, and the notes."""
    properties = [{"name": name, "value": value} for name, value in pairs]
    result = mapped(
        canonical_event("USER_CHANGED", data={"user": {"customProperties": properties}, "changed": list(changed)})
    )
    found = {name: value for name, value in result.attributes.items() if not name.startswith("convercus_")}
    return found, result.notes


@pytest.mark.parametrize(
    ("field", "typed", "name", "sent", "note"),
    [
        ("genderCode", "MALE", "gender", "M", ""),
        ("genderCode", "diverse", "gender", "O", ""),
        ("genderCode", "F", "gender", "F", ""),
        ("genderCode", "P", "gender", "P", ""),
        ("genderCode", "X", "gender", None, "left out, not a code that Braze knows"),
        ("countryCode", "AT", "country", "AT", ""),
        ("countryCode", "at", "country", "AT", "sent as AT"),
        ("countryCode", "DEU", "country", "DE", "sent as DE"),
        ("countryCode", "Österreich", "country", "AT", "sent as AT"),
        ("countryCode", "United Kingdom", "country", "GB", "sent as GB"),
        ("countryCode", "Atlantis", "country", None, "left out, not a country that we know"),
        ("birthDate", "1988-04-12", "dob", "1988-04-12", ""),
        ("birthDate", "1988-04-12T00:00:00.000Z", "dob", "1988-04-12", "the time of day was cut off"),
        ("birthDate", "2026-03-03", "dob", "2026-03-03", ""),
        ("birthDate", "2026-03-04", "dob", None, "left out, not a date of birth"),
        ("birthDate", "1899-12-31", "dob", None, "left out, not a date of birth"),
        ("birthDate", "1988-02-30", "dob", None, "left out, not a date of birth"),
        ("birthDate", "12.04.1988", "dob", None, "left out, not a date of birth"),
        ("birthDate", "1988-04-12 or so", "dob", None, "left out, not a date of birth"),
        ("emailAddress", " ada@example.org ", "email", "ada@example.org", ""),
        ("emailAddress", "ada.rossi+x@mail.example.co.uk", "email", "ada.rossi+x@mail.example.co.uk", ""),
        *(
            ("emailAddress", text, "email", None, "left out, not a valid address")
            for text in (
                *("ada", "ada@", "@example.org", "ada@example", "a b@example.org", "ada@exa mple.org", "ada@-x.org"),
                *("ada@@example.org", "ada@example..org", ".ada@example.org", "ada@example.org,x@example.org"),
                *(f"{'a' * 65}@example.org", f"ada@{'x' * 250}.org", "ada@example.org\n.de", "\ud800@example.org"),
            )
        ),
        ("givenName", "A" * 300, "first_name", "A" * 255, "cut to 255 characters"),
        ("city", "\ud83d", "home_city", "?", "characters that are no valid Unicode were replaced"),
        ("givenName", " \t", "first_name", None, "left out, nothing but spaces"),
        ("familyName", "\u00a0", "last_name", None, "left out, nothing but spaces"),
        ("city", 8001, "home_city", "8001", "a number, sent as text"),
        ("city", ["Berlin"], "home_city", None, "left out, not a text"),
    ],
)
def test_field_is_sent_in_brazes_format(field, typed, name, sent, note):
    result = changed_user(**{field: typed})

    assert result.attributes.get(name) == sent
    assert result.notes == ((f"{name}: {note}",) if note else ())


@pytest.mark.parametrize(
    ("typed", "country", "sent", "note"),
    [
        ("+4915112345678", None, "+4915112345678", None),
        ("+49 (0) 151 / 123-456.78", None, "+4915112345678", "put into the international form"),
        ("0049 151 12345678", "FR", "+4915112345678", "put into the international form"),
        ("0151 12345678", "DE", "+4915112345678", "put into the international form"),
        ("+49 0151 12345678", None, "+4915112345678", "put into the international form"),
        ("+49015112345678", "FR", "+4915112345678", "put into the international form"),
        ("0041 079 1234567", None, "+41791234567", "put into the international form"),
        ("+390612345678", None, "+390612345678", None),
        ("0664 1234567", "AUT", "+436641234567", "put into the international form"),
        ("0151 12345678", None, "0151 12345678", "sent as it is, its country cannot be told"),
        ("06 12345678", "IT", "06 12345678", "sent as it is, its country cannot be told"),
        ("151 12345678", "DE", "151 12345678", "sent as it is, its country cannot be told"),
        ("ask Bob", "DE", None, "left out, not a phone number"),
        ("123", "DE", None, "left out, not a phone number"),
        ("+0123456789", "DE", None, "left out, not a phone number"),
        ("+49+151", "DE", None, "left out, not a phone number"),
        ("1" * 16, "DE", None, "left out, not a phone number"),
        ("+٤٩١٥١٢٣", "DE", None, "left out, not a phone number"),
    ],
)
def test_phone_is_international_where_that_can_be_told(typed, country, sent, note):
    result = changed_user(phone=typed, countryCode=country)

    assert result.attributes.get("phone") == sent
    assert [text for text in result.notes if text.startswith("phone")] == ([f"phone: {note}"] if note else [])


@pytest.mark.parametrize("empty", [None, ""])
def test_field_that_was_emptied_is_removed_and_one_that_is_empty_says_nothing(empty):
    result = changed_user(changed=["city"], city=empty, familyName=empty)

    assert result.attributes["home_city"] is None
    assert "last_name" not in result.attributes


def test_field_that_is_absent_but_changed_is_removed():
    event = canonical_event("USER_CHANGED")
    user = {name: value for name, value in event.data["user"].items() if name != "phone"}

    result = mapped(canonical_event("USER_CHANGED", data={"user": user, "changed": ["phone"]}))

    assert result.attributes["phone"] is None


def test_value_that_braze_cannot_take_removes_nothing():
    assert "email" not in changed_user(changed=["emailAddress"], emailAddress="nobody").attributes


def test_number_that_cannot_be_read_removes_nothing():
    result = changed_user(changed=["phone"], countryCode=276, genderCode=1, phone=12, birthDate=19880412)

    assert {"phone", "gender", "country"}.isdisjoint(result.attributes)
    assert "phone: left out, not a phone number" in result.notes
    assert "gender: left out, not a code that Braze knows" in result.notes
    assert "country: left out, not a country that we know" in result.notes


@pytest.mark.parametrize("number", [4915112345678, 4915112345678.0])
def test_phone_that_came_as_a_number_is_read_as_text(number):
    result = changed_user(phone=number)

    assert result.attributes["phone"] == "4915112345678"
    assert "phone: a number, sent as text" in result.notes


def test_new_user_removes_nothing():
    event = canonical_event("USER_CREATED", data={"user": {"city": None}, "changed": ["city"]})

    assert "home_city" not in mapped(event).attributes


def test_field_of_a_user_that_is_unknown_is_noted():
    assert changed_user(shoeSize=39).notes == ("user.shoeSize: left out, not a field that is sent",)


@pytest.mark.parametrize(
    "name",
    [
        *("email", "external_id", "braze_id", "_merge_objects", "_update_existing_only", "push_tokens", "language"),
        *("convercus_balance", "convercus_anything", "subscription_groups", "current_location"),
    ],
)
def test_property_cannot_have_a_name_that_means_something(name):
    found, notes = custom((name, "mine"), ("hat", "red"))

    assert found == {"hat": "red"}
    assert notes == (f"{name}: left out, the name is reserved",)


def test_property_cannot_take_the_new_name_of_an_attribute():
    user = {"customProperties": [{"name": "tier", "value": "x"}]}
    event = canonical_event("USER_CHANGED", data={"user": user})

    assert "tier" not in mapped(event, renames={"convercus_status_level": "tier"}).attributes


@pytest.mark.parametrize("name", ["", "$hat", "x" * 256, None, 7, " ", "\ud800"])
def test_property_without_a_usable_name_is_left_out(name):
    assert custom((name, "x")) == (
        {},
        ("customProperties: entry 1 was left out, it has no name that Braze takes",),
    )


@pytest.mark.parametrize("properties", ["none", {"hat": 1}, [3], ["hat"]])
def test_properties_of_another_shape_are_noted(properties):
    result = mapped(canonical_event("USER_CHANGED", data={"user": {"customProperties": properties}}))

    assert len(result.notes) == 1
    assert result.notes[0].startswith("customProperties: ")


def test_property_that_was_emptied_is_removed():
    assert custom(("hat", None), ("cap", ""), ("scarf", 1), changed=["customProperties"])[0] == {
        "hat": None,
        "cap": None,
        "scarf": 1,
    }
    assert custom(("hat", None), ("cap", "")) == ({}, ())


def test_property_that_comes_twice_is_noted():
    assert custom(("hat", 1), ("hat", 2)) == ({"hat": 2}, ("hat: stands there twice, the later value was sent",))


def test_five_hundred_properties_fit_or_are_noted():
    pairs = [(f"property_{number}", "x" * 255) for number in range(500)]
    user = {"customProperties": [{"name": name, "value": value} for name, value in pairs]}

    result = mapped(canonical_event("USER_CHANGED", data={"user": user}))
    request = request_of(canonical_event("USER_CHANGED", data={"user": user}))

    assert len(str(request["attributes"][0])) < 100 * 1024
    assert 250 < len(result.attributes) < 500
    assert result.notes[-1].endswith(" more values")


def chosen(*pairs, changed=(), **changes):
    properties = [{"name": name, "value": value} for name, value in pairs]
    event = canonical_event("USER_CHANGED", data={"user": {"customProperties": properties}, "changed": list(changed)})
    result = mapped(event, attributes=frozenset({"custom_properties"}), **changes)
    return result.attributes if isinstance(result, Mapped) else {}


def test_property_that_is_switched_off_is_not_sent():
    assert chosen(("hat", 1), ("cap", 2), properties=frozenset({"hat"})) == {"cap": 2}


def test_only_those_properties_that_are_chosen_are_sent():
    only = {"property_mode": PropertyMode.ONLY, "properties": frozenset({"hat"})}

    assert chosen(("hat", 1), ("cap", 2), **only) == {"hat": 1}
    assert chosen(("hat", 1), property_mode=PropertyMode.ONLY) == {}


def test_property_has_the_name_that_a_person_gave_it():
    names = {"hat": "headgear", "convercus_old": "old"}

    assert chosen(("hat", 1), ("convercus_old", 2), property_renames=names) == {"headgear": 1, "old": 2}
    assert chosen(("hat", None), changed=["customProperties"], property_renames=names) == {"headgear": None}


def test_property_renamed_to_one_that_is_there_is_sent_once():
    assert chosen(("hat", 1), ("headgear", 2), property_renames={"hat": "headgear"}) == {"headgear": 2}
