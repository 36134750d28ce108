"""Keeps what each key was last used for. No call waits for it: all of a second are written together."""

import logging
import threading
from datetime import datetime, timedelta

from django.db import Error as DatabaseError
from django.db import connection

from integrations.keys.models import ApiKey
from selfservice.database import rows

log = logging.getLogger(__name__)

BUFFER_SECONDS = 1.0
# Kept to the minute, so that a busy key does not write its row with every call.
STEP = timedelta(minutes=1)
# Campaigns come and go, and whoever has a key can make them up.
USES_KEPT = 100
_REMEMBERED = 10_000
_Use = tuple[int, str, str]

_KEEP = """
WITH used AS (
  SELECT k.id, u.endpoint, u.campaign, u.at
    FROM unnest(%(keys)s::bigint[], %(endpoints)s::text[], %(campaigns)s::text[], %(moments)s::timestamptz[])
      AS u(key_id, endpoint, campaign, at) JOIN keys_apikey k ON k.id = u.key_id
), kept AS (
  INSERT INTO keys_keyuse AS known (key_id, endpoint, campaign, last_used_at) SELECT * FROM used
  ON CONFLICT (key_id, endpoint, campaign)
  DO UPDATE SET last_used_at = greatest(known.last_used_at, excluded.last_used_at)
)
UPDATE keys_apikey k SET last_used_at = greatest(k.last_used_at, latest.at)
  FROM (SELECT id, max(at) AS at FROM used GROUP BY id) latest WHERE latest.id = k.id
"""
_FORGET = """
DELETE FROM keys_keyuse WHERE id IN (
  SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY key_id ORDER BY last_used_at DESC) AS place
                    FROM keys_keyuse WHERE key_id = ANY(%(keys)s)) placed WHERE place > %(kept)s)
"""

_noted: dict[_Use, datetime] = {}
_waiting: dict[_Use, datetime] = {}
_lock = threading.Lock()


def note_use(*, key: ApiKey, endpoint: str, campaign: str, now: datetime) -> None:
    """Keeps that the key was used, within BUFFER_SECONDS; inside a transaction at once, as a part of it."""
    use = (key.pk, endpoint, campaign[:128].replace("\x00", "�"))
    with _lock:
        noted_at = _noted.get(use)
        if noted_at is not None and now - noted_at < STEP:
            return
        if len(_noted) >= _REMEMBERED:
            _noted.clear()
        _noted[use] = now
        if not connection.in_atomic_block:
            _waiting[use] = now
            if len(_waiting) == 1:
                threading.Timer(BUFFER_SECONDS, _write_waiting).start()
            return
    _write({use: now})


def _write_waiting() -> None:
    with _lock:
        uses = _waiting.copy()
        _waiting.clear()
    try:
        _write(uses)
    except DatabaseError as error:
        log.warning("%s uses of keys not kept: %s", len(uses), type(error).__name__)
        with _lock:
            for use in uses:
                _noted.pop(use, None)
    finally:
        # Back into the pool: this thread ends here.
        connection.close()


def _write(uses: dict[_Use, datetime]) -> None:
    # In one order, so that two processes do not wait for each other.
    ordered = sorted(uses)
    keys, endpoints, campaigns = ([use[column] for use in ordered] for column in range(3))
    moments = [uses[use] for use in ordered]
    rows.write(_KEEP, {"keys": keys, "endpoints": endpoints, "campaigns": campaigns, "moments": moments})
    rows.write(_FORGET, {"keys": sorted(set(keys)), "kept": USES_KEPT})
