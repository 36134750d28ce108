"""What to do first, in order, from an installation without a program to the first call; the steps tick themselves."""

from django.utils.translation import gettext as _

from integrations.cards.checklist import Checklist, Step, was_called
from integrations.connections.models import Connection
from integrations.frame.places import Place, address_of
from integrations.keys.models import ApiKey
from integrations.registry import all_specs
from loyalty_api.client.levels import level_ranks
from selfservice.programs.access import may
from selfservice.programs.models import Program, Role
from selfservice.ui.tabs import address_in


def steps_of(*, program: Program | None, role: Role | None) -> Checklist:
    """Without a program none is done. An address is given where this person may take the step."""
    connection = Connection.objects.filter(program=program).order_by("-is_complete", "id").first() if program else None
    specs = all_specs()
    spec = specs[connection.kind] if connection else next(iter(specs.values()))
    place = Place(program, spec, role) if program else None
    title = {"title": spec.title}
    has_key = bool(program) and ApiKey.objects.filter(program=program).exists()
    steps = (
        Step(_("Create a program"), program is not None, _("Its name, its currency, and how members are asked.")),
        Step(
            _("Name the opt-in channels"),
            bool(program and program.optins),
            _("Members say yes or no to each of them, like newsletter or e-mail."),
            _in_program("settings:basics", program),
        ),
        Step(
            _("Set up levels and points"),
            bool(program and level_ranks(program)),
            _("What a receipt gives, and who is more than a usual member."),
            _in_program("levels:levels", program),
        ),
        Step(
            _("Connect %(title)s") % title,
            connection is not None and connection.is_complete,
            _("With a key of %(title)s, in about five minutes.") % title,
            address_of("cards:connection", place) if place else "",
        ),
        Step(
            _("Create an API key"),
            has_key,
            _("With it %(title)s may call this program.") % title,
            address_of("onboarding:keys", place) if place else "",
        ),
        Step(
            _("Make the first call"),
            place is not None and has_key and was_called(place),
            _("Paste a ready text into %(title)s and make a test send.") % title,
            address_of("onboarding:first_call", place) if place else "",
        ),
    )
    return Checklist(steps if may(role, Role.ADMIN) else tuple(_to_look_at(step) for step in steps))


def _to_look_at(step: Step) -> Step:
    return Step(step.label, step.is_done, step.hint)


def _in_program(view: str, program: Program | None) -> str:
    return address_in(view, program.code) if program else ""
