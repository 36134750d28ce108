"""`manage.py create_interaction_point CODE ID`: a till, shop or app that calls may come from."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from loyalty_api.client.interaction_points import provision_interaction_point
from loyalty_api.contract import LoyaltyError
from selfservice.audit.services import COMMAND_LINE
from selfservice.programs.console import SummaryCommand, program_named


class Command(SummaryCommand):
    help = "Registers an interaction point, or changes what is given of an existing one."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("code", help="the program's code")
        parser.add_argument("id", help="what the header interaction-id says")
        parser.add_argument("--partner", default="", help="its partner, by name or id; created when missing")
        parser.add_argument("--store", default="", help="its store, by name or id; created when missing")
        parser.add_argument("--default", action="store_true", help="calls without the header come from here")

    def handle(self, *args: Any, **options: Any) -> None:
        program = program_named(options["code"])
        try:
            point = provision_interaction_point(
                program=program,
                interaction_id=options["id"],
                partner=options["partner"],
                store=options["store"],
                is_default=True if options["default"] else None,
                actor=COMMAND_LINE,
            )
        except LoyaltyError as error:
            raise CommandError(error.message) from None
        shown = {
            "interactionId": point.id,
            "program": point.program,
            "partnerId": point.partner_id or None,
            "storeId": point.store_id or None,
            "default": point.is_default,
        }
        self.summarise(options, shown, f"Interaction point {point.id} of {program.code} is ready.")
