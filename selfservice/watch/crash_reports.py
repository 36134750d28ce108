"""Sends errors to Sentry: where in the source, of which type. No body, no header, no person, no value of a variable."""

import logging
import re
from typing import Any

import sentry_sdk
from django.conf import settings
from django.utils.module_loading import import_string
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.integrations.threading import ThreadingIntegration

from selfservice.logs.shaping import Redact, printable, without_secrets

MAX_TEXT_CHARACTERS = 300
_KEPT = {"event_id", "timestamp", "platform", "level", "logger", "exception", "sdk", "environment", "server_name"}
_MAIL_ADDRESS = re.compile(r"[^\s@<>\"'=(]+@[^\s@<>\"')]+")
# Databases and validators quote the value that they did not like.
_QUOTED = re.compile(r"""(["'])[^"']{1,2000}\1|\([^()]*\)=\([^()]*\)""")


def start(*, dsn: str) -> None:
    """Errors that are logged, and those that end a thread or the process, are reported from now on."""
    sentry_sdk.init(
        dsn=dsn,
        # By name, and not those that look into requests and tasks: what is never read cannot be sent.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            LoggingIntegration(level=None, event_level=logging.ERROR, sentry_logs_level=None),
            ExcepthookIntegration(),
            ThreadingIntegration(),
            AtexitIntegration(callback=lambda _pending, _timeout: None),
        ],
        send_default_pii=False,
        include_local_variables=False,
        max_breadcrumbs=0,
        max_request_body_size="never",
        auto_session_tracking=False,
        before_send=strip,
    )


def strip(event: Any, _hint: Any = None) -> Any:
    """What may leave of a report: types, places in the source, and texts without values."""
    redact: Redact = import_string(settings.CRASH_REPORT_FILTER)
    kept = {name: value for name, value in event.items() if name in _KEPT}
    if entry := event.get("logentry"):
        # The template alone: the arguments are values.
        kept["logentry"] = {"message": _text(str(entry.get("message") or ""), redact)}
    for exception in (kept.get("exception") or {}).get("values") or []:
        exception["value"] = _text(str(exception.get("value") or ""), redact)
        exception.pop("mechanism", None)
        for frame in (exception.get("stacktrace") or {}).get("frames") or []:
            frame.pop("vars", None)
    return kept


def _text(text: str, redact: Redact) -> str:
    """Its first line, without secrets, mail addresses and quoted values."""
    first = without_secrets(text, redact).partition("\n")[0]
    return printable(_QUOTED.sub("…", _MAIL_ADDRESS.sub("…", first))[:MAX_TEXT_CHARACTERS])
