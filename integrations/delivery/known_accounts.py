"""The accounts of a program, as its events have told: for a platform that does not list them."""

from collections.abc import Iterator

from django.db import connection as database

from selfservice.programs.models import Program

CHUNK = 1000
# Members are known for good, accounts without any for as long as their events are kept.
_NEXT = """
SELECT account_id FROM (
  (SELECT DISTINCT account_id FROM loyalty_event
    WHERE program_id = %(program)s AND account_id > %(after)s ORDER BY account_id LIMIT %(limit)s)
  UNION
  (SELECT DISTINCT account_id FROM user_account
    WHERE program_id = %(program)s AND account_id > %(after)s ORDER BY account_id LIMIT %(limit)s)) AS known
ORDER BY account_id LIMIT %(limit)s
"""


def account_ids(*, program: Program, after: str = "") -> Iterator[str]:
    """In ascending order, behind `after`."""
    while chunk := _next(program, after):
        yield from chunk
        after = chunk[-1]


def _next(program: Program, after: str) -> list[str]:
    with database.cursor() as cursor:
        cursor.execute(_NEXT, {"program": program.pk, "after": after, "limit": CHUNK})
        return [account_id for (account_id,) in cursor.fetchall()]
