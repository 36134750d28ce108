"""`manage.py resync CODE KIND`: tells the other system what is true of every member now."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from integrations.connections.models import Connection
from integrations.delivery import resyncing, resyncs
from integrations.delivery.console import complete_connection
from integrations.delivery.models import Resync, ResyncState
from integrations.delivery.resyncing import CannotGoOn, Pace
from integrations.delivery.resyncs import ResyncTaken
from loyalty_api.contract import PlatformUnavailable
from selfservice.programs.console import SummaryCommand

_BAR_LENGTH = 40
_AGAIN = "Run the command again: it goes on where it was."


class Command(SummaryCommand):
    help = "Sends the attributes of all members again, beside the events; interrupted, it goes on where it was."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("code", help="the program's code")
        parser.add_argument("kind", help="the integration, for example braze")
        parser.add_argument("--dry-run", action="store_true", help="say how much would be sent, and send nothing")
        parser.add_argument("--rate", type=float, metavar="N", help="at most so many members a second")
        parser.add_argument("--cancel", action="store_true", help="end the resync that is under way")

    def handle(self, *args: Any, **options: Any) -> None:
        connection = complete_connection(options["code"], options["kind"])
        if options["rate"] is not None and options["rate"] <= 0:
            raise CommandError("--rate is more than 0.")
        try:
            if options["dry_run"]:
                self._plan(connection, options)
            elif options["cancel"]:
                self._cancel(connection, options)
            else:
                self._run(connection, options)
        except CannotGoOn as error:
            raise CommandError(f"{error} {_AGAIN}") from None
        except ResyncTaken:
            raise CommandError("The resync was cancelled, or another command goes on with it.") from None
        except PlatformUnavailable as error:
            raise CommandError(f"{error} {_AGAIN}") from None
        except KeyboardInterrupt:
            raise CommandError(f"Interrupted. {_AGAIN}") from None

    def _plan(self, connection: Connection, options: dict[str, Any]) -> None:
        found = resyncing.plan(connection=connection)
        text = f"{found.members} members: at most {found.objects} objects in about {found.requests} requests."
        self.summarise(options, asdict(found), text)

    def _cancel(self, connection: Connection, options: dict[str, Any]) -> None:
        found = resyncs.current(connection=connection)
        if found is None or not resyncs.end(resync=found, state=ResyncState.CANCELLED):
            raise CommandError("No resync is under way.")
        found.refresh_from_db()
        self.summarise(options, _shown(found), "Cancelled. The few members that are in line already are still sent.")

    def _run(self, connection: Connection, options: dict[str, Any]) -> None:
        shows = self.stderr.isatty() and not options["is_json"]
        pace = Pace(options["rate"], self._draw if shows else lambda _share: None)
        done = resyncing.run(connection=connection, pace=pace)
        refused = f" {done.refused} were refused; the call log says why." if done.refused else ""
        connection.refresh_from_db()
        if connection.rests_bulk(timezone.now()):
            refused += f" Bulk requests were refused ({connection.bulk_refusal}), so it went the usual way."
        self.summarise(options, _shown(done), f"{done.queued} members told.{refused}")

    def _draw(self, share: float) -> None:
        filled = round(share * _BAR_LENGTH)
        ending = "\n" if share >= 1 else ""
        self.stderr.write(f"\r[{'#' * filled}{'.' * (_BAR_LENGTH - filled)}] {share:4.0%}", ending=ending)


def _shown(resync: Resync) -> dict[str, Any]:
    return {
        "state": resync.state,
        "members": resync.queued,
        "total": resync.total,
        "refused": resync.refused,
        "unread": len(resync.unread),
    }
