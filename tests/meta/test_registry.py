"""Every integration has all its parts."""

import importlib
import json
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.template.loader import get_template
from django.urls import URLPattern

from integrations.registry import all_specs, spec_for
from loyalty_api.contract import EventType

CLONE = Path(__file__).resolve().parents[2]
SPECS = all_specs()
each_kind = pytest.mark.parametrize("kind", SPECS)


def test_registry_knows_what_the_settings_name(settings):
    assert len(SPECS) == len(settings.INTEGRATIONS) >= 1
    assert all(spec.kind == kind for kind, spec in SPECS.items())


def test_unknown_kind_is_a_key_error():
    with pytest.raises(KeyError):
        spec_for("pigeon")


@each_kind
def test_kind_is_a_slug_and_the_name_of_its_package(kind):
    assert kind.isidentifier()
    assert kind == kind.lower()
    assert (CLONE / "integrations" / kind / "spec.py").is_file()


@each_kind
def test_icon_and_help_exist(kind):
    assert finders.find(SPECS[kind].icon)
    assert get_template(f"{kind}/help.html")


@each_kind
def test_guide_exists(kind):
    assert (CLONE / SPECS[kind].guide).is_file()


@each_kind
def test_stand_in_exists(kind):
    assert importlib.util.find_spec(f"simulators.{kind}")


@each_kind
def test_doors_are_addresses(kind):
    patterns = importlib.import_module(SPECS[kind].door_urls).urlpatterns

    assert patterns
    assert all(isinstance(pattern, URLPattern) for pattern in patterns)


@each_kind
def test_snippets_have_names_of_their_own_and_something_to_copy(kind):
    found = SPECS[kind].snippets(doors_url="https://example.org/v1/programs/club", fields={})

    assert len({snippet.slug for snippet in found}) == len(found) >= 1
    assert all(snippet.title and snippet.hint and (snippet.block or snippet.body) for snippet in found)


@each_kind
def test_secret_fields_belong_to_the_form(kind):
    spec = SPECS[kind]
    fields = set(spec.config_form(optins=(), has_secrets=frozenset()).fields)

    assert spec.secret_fields <= fields
    assert spec.unique_fields <= spec.secret_fields
    assert set(spec.missing({})) <= fields


@each_kind
def test_texts_for_people_are_there(kind):
    spec = SPECS[kind]

    assert spec.title
    assert len(str(spec.summary)) > 20
    form = spec.config_form(optins=(), has_secrets=frozenset())
    assert all(field.label for field in form.fields.values())


@each_kind
def test_golden_file_exists_for_every_type_of_event(kind):
    folder = CLONE / "tests" / "integrations" / kind / "golden"

    missing = [type_.value for type_ in EventType if not (folder / f"{type_}.json").is_file()]

    assert missing == []


@pytest.mark.parametrize("type_", EventType)
def test_canonical_event_exists(type_):
    wire = json.loads((CLONE / "tests" / "events" / f"{type_}.json").read_text())

    assert wire["type"] == type_
    assert {"eventId", "occurredAt", "accountId", "data"} <= set(wire)


def test_no_other_part_names_an_integration():
    """A kind is written in its own package, in settings, tests and documents, and nowhere else in the source; the demo
    shows a particular one."""
    found = []
    for package in ("selfservice", "integrations", "loyalty_api"):
        for path in (CLONE / package).rglob("*.py"):
            own = {*SPECS, "demo", "settings.py"} & set(path.relative_to(CLONE).parts)
            if not own and any(f'"{kind}"' in path.read_text() for kind in SPECS):
                found.append(str(path.relative_to(CLONE)))

    assert found == []


@pytest.mark.django_db
def test_models_and_migrations_are_in_step():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
