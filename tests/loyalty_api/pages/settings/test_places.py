"""Partners, stores and interaction points on the pages."""

import re

import pytest

from loyalty_api.contract import LoyaltyError
from loyalty_api.engine import places
from loyalty_api.engine.models import InteractionPoint, Partner, Store
from selfservice.audit.models import AuditEntry
from tests.factories.engine import InteractionPointFactory, PartnerFactory, ProgramFactory, StoreFactory
from tests.factories.people import person, sign_in
from tests.loyalty_api.pages.forms import seen_in

pytestmark = pytest.mark.django_db
PAGE = "/programs/club/settings/places"


@pytest.fixture
def program():
    return ProgramFactory(code="club")


@pytest.fixture
def admin(client, program):
    return sign_in(client, person(program=program))


def test_from_a_partner_to_a_till(admin, program):
    assert "None yet. A store belongs to a partner" in admin.get(PAGE).text

    admin.post(f"{PAGE}/partner", {"name": "Bergblick"})
    partner = Partner.objects.get()
    admin.post(f"{PAGE}/store", {"name": "Bahnhof", "partner": partner.pk, "city": "Bern"})
    store = Store.objects.get()
    admin.post(f"{PAGE}/interaction_point", {"code": "till-7", "store": store.pk, "is_default": "on"})

    point = InteractionPoint.objects.get()
    assert (point.partner, point.store, point.is_default) == (partner, store, True)
    page = admin.get(PAGE).text
    assert [name in page for name in ("Bergblick", "Bahnhof", "Bern", "till-7")] == [True] * 4
    actions = AuditEntry.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["partner.saved", "store.saved", "interaction_point.saved"]


@pytest.mark.parametrize(
    ("what", "fields", "said"),
    [
        ("partner", {"name": " "}, "Give it a name."),
        ("partner", {"name": "Known"}, "There is one of this name already."),
        ("store", {"name": "Bahnhof", "partner": ""}, "Choose the partner it belongs to."),
        ("interaction_point", {"code": "till 7"}, "without spaces: it stands in a header"),
        ("interaction_point", {"code": "../x"}, "without spaces: it stands in a header"),
        ("interaction_point", {"code": ".."}, "without spaces: it stands in a header"),
        ("interaction_point", {"code": "known"}, "There is one with this ID already."),
    ],
)
def test_mistakes_are_named(admin, program, what, fields, said):
    PartnerFactory(program=program, name="Known")
    InteractionPointFactory(program=program, code="known")

    answer = admin.post(f"{PAGE}/{what}", fields)

    assert answer.status_code == 422
    assert said in answer.text


def test_store_that_moves_takes_its_tills_along(admin, program):
    store = StoreFactory(partner=PartnerFactory(program=program))
    point = InteractionPointFactory(program=program, store=store, partner=store.partner)
    other = PartnerFactory(program=program)

    admin.post(f"{PAGE}/store/{store.pk}", {"name": "Bahnhof", "partner": other.pk})

    point.refresh_from_db()
    assert point.partner == other


def test_retired_till_takes_no_calls_until_it_is_back(admin, program):
    InteractionPointFactory(program=program, code="till-7", is_default=True)
    path = f"{PAGE}/interaction_point/till-7"

    admin.post(path, {"act": "retire"})
    assert "1 retired place" in admin.get(PAGE).text
    with pytest.raises(LoyaltyError):
        places.find_point(program=program, interaction_id="till-7")
    assert places.find_point(program=program, interaction_id="").id == ""

    admin.post(path, {"act": "revive"})
    assert places.find_point(program=program, interaction_id="till-7").id == "till-7"
    assert AuditEntry.objects.filter(action__startswith="interaction_point.re").count() == 2


def test_retired_partner_is_not_offered(admin, program):
    gone = PartnerFactory(program=program, name="Gone with the wind")

    admin.post(f"{PAGE}/partner/{gone.pk}", {"act": "retire"})

    assert "Gone with the wind" not in admin.get(f"{PAGE}/store").text
    assert places.list_partners(program=program) == []


def test_command_brings_a_retired_till_back(program):
    point = InteractionPointFactory(program=program, code="till-7")
    InteractionPoint.objects.filter(pk=point.pk).update(retired_at="2026-01-01T00:00:00Z")

    places.save_interaction_point(program=program, interaction_id="till-7")

    assert places.find_point(program=program, interaction_id="till-7").id == "till-7"


def test_later_save_is_told_what_is_new(admin, program):
    admin.post(f"{PAGE}/partner", {"name": "First"})
    path = f"{PAGE}/partner/{Partner.objects.get().pk}"
    seen = seen_in(admin.get(path))
    admin.post(path, {"name": "Second", "seen": seen})

    answer = admin.post(path, {"name": "Third", "seen": seen})

    assert answer.status_code == 409
    assert "Second</ins>" in answer.text
    assert Partner.objects.get().name == "Second"


@pytest.mark.parametrize("code", ["../x", "..", "a/b?c", "number:1"])
def test_point_of_any_name_can_be_reached_and_retired(admin, program, code):
    InteractionPointFactory(program=program, code=code)
    address = re.search(rf'href="({PAGE}/interaction_point/[^"]+)"', admin.get(PAGE).text)[1]
    assert ".." not in address

    assert admin.post(address, {"is_default": "on", "seen": seen_in(admin.get(address))}).status_code == 302
    assert InteractionPoint.objects.get().is_default
    admin.post(address, {"act": "retire"})

    assert InteractionPoint.objects.get().retired_at
    assert set(AuditEntry.objects.values_list("subject", flat=True)) == {code}


def test_who_retires_a_partner_is_told_of_its_stores(admin, program):
    partner = PartnerFactory(program=program)
    StoreFactory.create_batch(2, partner=partner)

    assert "Its 2 stores stay in use" in admin.get(f"{PAGE}/partner/{partner.pk}").text
