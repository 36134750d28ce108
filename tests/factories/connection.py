"""Connections and keys, made as the card makes them."""

from integrations.braze.spec import SPEC
from integrations.connections.services import connection_form, save_connection
from integrations.keys.models import Scope
from integrations.keys.services import issue_key
from selfservice.audit.services import Actor

ACTOR = Actor("editor@example.org", "198.51.100.7")


def braze_form(program, **changes):
    """The filled form; a change to None leaves the field out."""
    fields = {
        "apiKey": "rest-key-0123456789-wxyz",
        "apiEndpoint": "https://rest.fra-01.braze.eu",
        "identifierType": "external_id",
        "defaultOptins": program.optins[:1],
    }
    data = {name: value for name, value in (fields | changes).items() if value is not None}
    return connection_form(program=program, spec=SPEC, data=data)


def save_braze(program, **changes):
    form = braze_form(program, **changes)
    assert form.is_valid(), form.errors
    return save_connection(program=program, spec=SPEC, form=form, actor=ACTOR)


def connect_braze(program, **changes):
    return save_braze(program, **changes).connection


def key_for(program, **options):
    """A key with all scopes, raw."""
    return issue_key(program=program, name="Tests", actor=ACTOR, **{"scopes": Scope.values} | options).raw.reveal()
