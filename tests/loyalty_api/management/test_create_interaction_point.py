import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from loyalty_api.engine.models import InteractionPoint, Partner, Store
from selfservice.audit.models import AuditEntry
from tests.factories.engine import InteractionPointFactory, ProgramFactory, StoreFactory

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = StringIO()
    call_command("create_interaction_point", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_create_interaction_point_alone():
    program = ProgramFactory(code="club")

    shown = run("club", "till-1")

    point = InteractionPoint.objects.get(program=program)
    assert (point.code, point.partner, point.store) == ("till-1", None, None)
    assert shown["interactionId"] == "till-1"


def test_create_interaction_point_makes_partner_and_store_once():
    ProgramFactory(code="club")

    first = run("club", "till-1", "--partner", "Acme", "--store", "Harbour")
    second = run("club", "till-2", "--partner", "Acme", "--store", "Harbour")

    assert (first["partnerId"], first["storeId"]) == (second["partnerId"], second["storeId"])
    assert [partner.name for partner in Partner.objects.all()] == ["Acme"]
    assert [store.name for store in Store.objects.all()] == ["Harbour"]


def test_create_interaction_point_by_id_of_the_store():
    store = StoreFactory(partner__program=ProgramFactory(code="club"))

    shown = run("club", "till-1", "--store", store.id)

    assert (shown["partnerId"], shown["storeId"]) == (store.partner_id, store.id)


def test_create_interaction_point_store_without_partner_belongs_to_the_program():
    ProgramFactory(code="club", name="The Club")

    run("club", "till-1", "--store", "Harbour")

    assert Store.objects.get().partner.name == "The Club"


def test_create_interaction_point_again_changes_what_is_given():
    ProgramFactory(code="club")
    run("club", "till-1", "--partner", "Acme")

    run("club", "till-1", "--partner", "Acme")
    run("club", "till-1", "--partner", "Other")

    assert InteractionPoint.objects.get().partner.name == "Other"
    assert AuditEntry.objects.filter(action="interaction_point.saved").count() == 2


def test_create_interaction_point_default_is_one():
    program = ProgramFactory(code="club")
    InteractionPointFactory(program=program, code="old", is_default=True)

    run("club", "new", "--default")

    assert list(InteractionPoint.objects.filter(is_default=True).values_list("code", flat=True)) == ["new"]


@pytest.mark.parametrize("bad", ["", "x" * 65, "tä", "a\nb"])
def test_create_interaction_point_bad_id(bad):
    ProgramFactory(code="club")

    with pytest.raises(CommandError, match="ASCII"):
        run("club", bad)

    assert not InteractionPoint.objects.exists()
