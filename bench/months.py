"""Months of work in the tables that grow: calls in the log, and events that failed."""

from bench.club import CODE
from bench.stage import Stage

CALLS = 5_000_000
DEAD_LETTERS = 200_000
_CHUNK = 250_000


def fill_call_log(stage: Stage, rows: int) -> None:
    """All of today, and of the program that is measured: the index and the partition that its calls go to."""
    for first in range(0, rows, _CHUNK):
        stage.sql(
            """
            INSERT INTO calls_apicall (day, at, program_id, kind, direction, method, path, endpoint, status,
                                       duration_ms, request_id, key_prefix, account_id, units, error, request_body,
                                       response_body)
            SELECT current_date, now() - n * interval '1 millisecond', p.id, 'braze', 'in', 'GET',
                   '/v1/programs/bench/members/a-' || n || '/profile', 'members/profile',
                   CASE WHEN n %% 100 = 7 THEN 404 ELSE 200 END,
                   5, md5(n::text), 'abcdefgh', 'a-' || n, 1, '', '',
                   '{"member_id":"a-' || n || '","points_balance":420}'
              FROM generate_series(%s, %s - 1) n, programs_program p WHERE p.code = %s
            """,
            [first, min(first + _CHUNK, rows), CODE],
        )
    stage.sql("VACUUM ANALYZE calls_apicall")


def fill_dead_letters(stage: Stage, rows: int) -> None:
    """Events that Braze refused, for eight reasons, each with its event; the ledger knows of them."""
    for first in range(0, rows, _CHUNK):
        values = {"first": first, "last": min(first + _CHUNK, rows) - 1, "code": CODE}
        stage.sql(
            """
            WITH made AS (
              INSERT INTO loyalty_event (day, accepted_at, program_id, event_id, type, occurred_at, account_id, user_id,
                                         partner_id, member_role, source, data)
              SELECT current_date, now(), p.id, 'dead-' || n, 'BALANCE_CHANGED', now(), 'a-' || n %% 20000, '', '', '',
                     'bench', '{"points":420,"lockedPoints":0,"statusPoints":0,"delta":5}'
                FROM generate_series(%(first)s::int, %(last)s::int) n, programs_program p WHERE p.code = %(code)s
              RETURNING id, day, program_id, event_id, account_id, type)
            INSERT INTO delivery_outcome (day, at, program_id, connection_id, lane_id, sequence, stored_event_id,
                                          event_day, event_id, account_id, type, state, reason, is_maybe_twice,
                                          request_id, notes)
            SELECT m.day, now() - m.id %% 3600 * interval '1 second', m.program_id, l.connection_id, l.id, m.id, m.id,
                   m.day, m.event_id, m.account_id, m.type, 'dead',
                   'The value of field ' || m.id %% 8 || ' is not valid.', false, '', '[]'
              FROM made m, connections_connection c, lane l
             WHERE c.program_id = m.program_id AND l.connection_id = c.id AND l.number = 0 AND l.epoch = c.lane_epoch
            """,
            values,
        )
    stage.sql(
        """
        UPDATE lane SET accepted = accepted + %s, dead = dead + %s FROM connections_connection c
         WHERE lane.connection_id = c.id AND lane.number = 0 AND lane.epoch = c.lane_epoch
        """,
        [rows, rows],
    )
    stage.sql("VACUUM ANALYZE delivery_outcome")
    stage.sql("VACUUM ANALYZE loyalty_event")
