"""The demo's data: a program with members, a person who manages it, keys, and a connection to the stand-in."""

import secrets
import uuid
from io import StringIO

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from integrations.cards.demo.notes import DemoNotes, LoyaltyNote
from integrations.connections.services import connection_form, find, save_connection
from integrations.keys.authentication import KeyRefused, authenticate
from integrations.keys.models import Scope
from integrations.keys.services import issue_key
from integrations.registry import spec_for
from loyalty_api.client.provisioning import issue_api_user, load_demo, provision_program
from selfservice.accounts.models import User
from selfservice.audit.services import Actor
from selfservice.programs.console import program_named
from selfservice.programs.models import Program, Role
from selfservice.programs.roles import grant_role

PROGRAM = "demo"
LOGIN = "demo@selfservice.example"
API_USER = "till"
OPTINS = ("newsletter", "email consent", "post")
ACTOR = Actor("demo")


@transaction.atomic
def load(*, url: str, simulator: str, earlier: DemoNotes | None) -> DemoNotes:
    """Loads what is missing; what an earlier run noted is kept where it still works. Events of the members that are
    created flow to the stand-in."""
    program = provision_program(
        code=PROGRAM, name="Bergblick Club", timezone="Europe/Berlin", optins=OPTINS, actor=ACTOR
    )
    password = _person(program, earlier)
    _connection(program, simulator)
    loaded = load_demo(program=program)
    return DemoNotes(
        url=url,
        login=LOGIN,
        password=password,
        program=program.code,
        key=_key(program, earlier),
        member=loaded.first_account_id,
        simulator=simulator,
        loyalty=_api_user(program, url, earlier),
    )


def _person(program: Program, earlier: DemoNotes | None) -> str:
    user = User.objects.filter(email=LOGIN).first()
    if user and earlier and user.check_password(earlier.password):
        return earlier.password
    password = secrets.token_urlsafe(12)
    user = user or User.objects.create_user(LOGIN, name="Demo")
    user.is_operator = True
    user.set_password(password)
    user.save()
    grant_role(program=program, user=user, role=Role.ADMIN, actor=ACTOR)
    return password


def _connection(program: Program, simulator: str) -> None:
    """Saved anew when the stand-in has moved to another port; otherwise it is as its manager left it, above all when
    it leads to the real Braze, whose key must not go elsewhere."""
    stored = find(program=program, kind="braze")
    if stored and not _has_moved(str(stored.config.get("apiEndpoint")), simulator):
        return
    fields = {"identifierType": "external_id", "defaultOptins": ["newsletter"]} | (stored.config if stored else {})
    data = fields | {"apiEndpoint": simulator, "apiKey": "" if stored else str(uuid.uuid4())}
    spec = spec_for("braze")
    form = connection_form(program=program, spec=spec, data=data)
    if not form.is_valid():
        raise ValueError(f"The demo's connection is refused: {form.errors.as_text()}")
    save_connection(program=program, spec=spec, form=form, actor=ACTOR)


def fill_stand_in(notes: DemoNotes) -> None:
    """The stand-in begins empty, while the product knows what it told: so it is told all of it once more."""
    connection = find(program=program_named(notes.program), kind="braze")
    if connection and connection.status == "active" and connection.config.get("apiEndpoint") == notes.simulator:
        call_command("resync", notes.program, "braze", stdout=StringIO())


def _has_moved(endpoint: str, simulator: str) -> bool:
    return endpoint != simulator and endpoint.startswith("http://127.0.0.1:")


def _key(program: Program, earlier: DemoNotes | None) -> str:
    now = timezone.now()
    if earlier:
        try:
            authenticate(raw=earlier.key, program_code=program.code, address="127.0.0.1", now=now)
        except KeyRefused:
            pass
        else:
            return earlier.key
    return issue_key(program=program, name="Demo", actor=ACTOR, scopes=Scope.values).raw.reveal()


def _api_user(program: Program, url: str, earlier: DemoNotes | None) -> LoyaltyNote:
    if earlier:
        password = earlier.loyalty.password
    else:
        password = issue_api_user(program=program, user_name=API_USER, actor=ACTOR).password.reveal()
    return LoyaltyNote(url=f"{url}/loyalty", org=program.org, userName=API_USER, password=password)
