import pytest
from django.db import IntegrityError, connection, transaction

from integrations.braze.spec import SPEC
from integrations.connections.models import Connection
from integrations.connections.services import connection_form, find, save_connection
from selfservice.audit.models import AuditEntry
from tests.factories.connection import ACTOR, braze_form, connect_braze, save_braze
from tests.factories.engine import ProgramFactory

pytestmark = pytest.mark.django_db
KEY = "rest-key-0123456789-wxyz"


def stored_row():
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text FROM connections_connection c")
        return cursor.fetchone()[0]


def test_key_is_encrypted_at_rest_and_readable_to_us(program):
    connect_braze(program)

    assert KEY not in stored_row()
    assert "0123456789" not in stored_row()
    assert Connection.objects.get().load_config().api_key.reveal() == KEY


def test_only_the_last_four_characters_are_shown(program):
    saved = connect_braze(program)

    assert saved.secret_hints == {"apiKey": "wxyz"}
    assert "apiKey" not in saved.config
    assert KEY not in connection_form(program=program, spec=SPEC).as_p()


def test_saved_connection_streams_at_once(program):
    saved = save_braze(program)

    assert (saved.connection.status, saved.connection.missing, saved.warnings) == ("active", [], ())


def test_connection_without_optins_is_incomplete_and_says_so(program):
    saved = save_braze(program, defaultOptins=None)

    assert (saved.connection.status, saved.connection.missing) == ("incomplete", ["defaultOptins"])
    assert len(saved.warnings) == 1
    assert "incomplete" in saved.warnings[0]


def test_empty_key_keeps_the_stored_one(program):
    first = connect_braze(program)

    second = connect_braze(program, apiKey=None, identifierType="user_alias")

    assert second.pk == first.pk
    assert second.load_config().api_key.reveal() == KEY
    assert second.secret_hints == {"apiKey": "wxyz"}


def test_generation_rises_with_a_change_only(program):
    first = connect_braze(program).generation

    same = connect_braze(program).generation
    other_key = connect_braze(program, apiKey="another-key-9999").generation
    other_identifier = connect_braze(program, apiKey=None, identifierType="user_alias").generation

    assert [same, other_key, other_identifier] == [first, first + 1, first + 2]


def test_changed_key_lifts_a_stop(program):
    connect_braze(program)
    Connection.objects.update(
        stopped_at="2026-01-01T00:00Z", stop_reason="key_refused", parked_until="2099-01-01T00:00Z"
    )

    saved = connect_braze(program, apiKey="another-key-9999")

    assert (saved.status, saved.stop_reason, saved.parked_until) == ("active", "", None)


def test_saving_unchanged_lifts_a_stop_but_not_a_wait(program):
    connect_braze(program)
    Connection.objects.update(
        stopped_at="2026-01-01T00:00Z", stop_reason="wrong_address", parked_until="2099-01-01T00:00Z"
    )

    saved = connect_braze(program)

    assert (saved.status, saved.stop_reason) == ("active", "")
    assert saved.parked_until is not None


def test_same_key_in_two_programs_is_allowed_with_a_warning(program):
    save_braze(program)

    saved = save_braze(ProgramFactory())

    assert saved.connection.status == "active"
    assert saved.warnings == (
        "1 other program uses the same Braze key. Member ids must then be unique across both programs.",
    )


def test_different_keys_give_no_warning(program):
    save_braze(program)

    assert save_braze(ProgramFactory(), apiKey="another-key-9999").warnings == ()


def test_second_connection_of_a_kind_is_impossible(program):
    connect_braze(program)

    with pytest.raises(IntegrityError, match="connection_once_per_program_and_kind"), transaction.atomic():
        Connection.objects.create(program=program, kind="braze")


def test_every_save_is_audited_without_the_key(program):
    connect_braze(program)
    connect_braze(program, apiKey="another-key-9999")

    entries = list(AuditEntry.objects.order_by("id"))
    assert [(entry.action, entry.actor, entry.program) for entry in entries] == [
        ("connection.saved", ACTOR.name, program.code)
    ] * 2
    text = "".join(str(entry.before) + str(entry.after) for entry in entries)
    assert KEY not in text
    assert "another-key" not in text
    assert entries[1].before["apiKey"] == entries[0].after["apiKey"] != entries[1].after["apiKey"]


def test_form_of_a_program_offers_its_own_channels():
    form = braze_form(ProgramFactory(optins=["SMS"]), defaultOptins=["newsletter"])

    assert set(form.errors) == {"defaultOptins"}


def test_find_is_per_program_and_kind(program):
    saved = connect_braze(program)

    assert find(program=program, kind="braze") == saved
    assert find(program=program, kind="other") is None
    assert find(program=ProgramFactory(), kind="braze") is None


def test_part_of_a_form_leaves_the_other_fields_as_they_are(program):
    connect_braze(program, objectsPerRequest="50", flatBalance="yes")
    keeping = {"objectsPerRequest", "flatBalance", "events"}
    data = {"apiEndpoint": "https://rest.iad-01.braze.com", "identifierType": "external_id", "flatBalance": ""}

    form = connection_form(program=program, spec=SPEC, data=data, keeping=keeping)

    assert form.is_valid()
    assert (form.cleaned_data["objectsPerRequest"], form.cleaned_data["flatBalance"]) == (50, True)
    assert form.cleaned_data["apiEndpoint"] == "https://rest.iad-01.braze.com"


def test_what_somebody_saves_meanwhile_is_not_taken_back(program):
    connect_braze(program)
    form = braze_form(program, apiKey="", apiEndpoint="https://rest.iad-01.braze.com")
    assert form.is_valid()
    connect_braze(program, rename="convercus_balance = purse")

    save_connection(program=program, spec=SPEC, form=form, actor=ACTOR, keeping={"rename"})

    config = find(program=program, kind="braze").config
    assert config["rename"] == "convercus_balance = purse"
    assert config["apiEndpoint"] == "https://rest.iad-01.braze.com"


def test_first_connection_keeps_nothing(program):
    form = braze_form(program)
    assert form.is_valid()

    saved = save_connection(program=program, spec=SPEC, form=form, actor=ACTOR, keeping={"events"})

    assert len(saved.connection.config["events"]) == 17
