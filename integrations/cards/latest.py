"""When something last happened on a connection, in each direction."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection as database

from integrations.connections.models import Connection
from integrations.spec import IntegrationSpec
from selfservice.programs.models import Program

# The counts know in which hour it was, so that no more than this hour of the log is looked through.
_LATEST = """
WITH called AS (
  SELECT max(hour) AS hour FROM (
    (SELECT hour FROM call_hour_count WHERE program_id = %(program)s AND kind = %(kind)s AND direction = 'in'
     ORDER BY hour DESC LIMIT 1)
    UNION ALL
    (SELECT max(hour) FROM call_delta WHERE program_id = %(program)s AND kind = %(kind)s AND direction = 'in')
  ) AS found),
ended AS (
  SELECT max(hour) AS hour FROM (
    (SELECT hour FROM outcome_count
     WHERE program_id = %(program)s AND connection_id = %(connection)s AND NOT (state = 'filtered')
     ORDER BY hour DESC LIMIT 1)
    UNION ALL
    (SELECT max(hour) FROM outcome_delta
     WHERE program_id = %(program)s AND connection_id = %(connection)s AND NOT (state = 'filtered'))
  ) AS found)
SELECT
  (SELECT at FROM delivery_outcome
   WHERE connection_id = %(connection)s AND NOT (state = 'filtered')
     AND at >= (SELECT hour FROM ended) AND at < (SELECT hour FROM ended) + interval '1 hour'
     AND day >= ((SELECT hour FROM ended) AT TIME ZONE 'UTC')::date
   ORDER BY at DESC LIMIT 1),
  (SELECT at FROM calls_apicall
   WHERE program_id = %(program)s AND kind = %(kind)s AND direction = 'in'
     AND at >= (SELECT hour FROM called) AND at < (SELECT hour FROM called) + interval '1 hour'
     AND day >= ((SELECT hour FROM called) AT TIME ZONE 'UTC')::date
   ORDER BY at DESC LIMIT 1)
"""


@dataclass(frozen=True, slots=True)
class Latest:
    """An event that ended at the other side, and a call that came from there."""

    sent: datetime | None
    received: datetime | None


def latest_of(*, program: Program, spec: IntegrationSpec, connection: Connection | None) -> Latest:
    values: dict[str, int | str] = {
        "program": program.pk,
        "kind": spec.kind,
        "connection": connection.pk if connection else 0,
    }
    with database.cursor() as cursor:
        cursor.execute(_LATEST, values)
        sent, received = cursor.fetchone()
    return Latest(sent, received)
