"""The bare loop: claims rows, posts them together, marks them, until none waits. `python -m bench.bare_loop SINK_URL`.

No mapping, no order, no log, no statistics, no second chance: what delivery cannot be quicker than.
"""

import os
import sys

import psycopg
import requests

OBJECTS_PER_REQUEST = 75
_CLAIM = """
UPDATE bench_bareunit u SET state = 1
  FROM (SELECT id FROM bench_bareunit WHERE state = 0 ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED) due
 WHERE u.id = due.id RETURNING u.id, u.body
"""


def run(database_url: str, sink: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as database, requests.Session() as session:
        session.trust_env = False
        while rows := database.execute(_CLAIM, [OBJECTS_PER_REQUEST]).fetchall():
            body = '{"events":[' + ",".join(row[1] for row in rows) + "]}"
            headers = {"Content-Type": "application/json"}
            session.post(f"{sink}/users/track", data=body.encode(), headers=headers, timeout=10).raise_for_status()
            database.execute("UPDATE bench_bareunit SET state = 2 WHERE id = ANY(%s)", [[row[0] for row in rows]])


if __name__ == "__main__":
    run(os.environ["DATABASE_URL"], sys.argv[1])
