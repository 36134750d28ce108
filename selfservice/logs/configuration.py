"""What is logged, and how."""

from typing import Any


def configuration(*, form: str) -> dict[str, Any]:
    """`form` is "json", one object a line, or "plain". The filter for secrets stands where the call log has it."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": f"selfservice.logs.formatting.{form}_lines",
                "redact": "ext://integrations.calls.redaction.redact",
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            "django.request": {"level": "ERROR"},
            # Anybody can send a wrong Host; the answer is 400, and a traceback of it helps nobody.
            "django.security.DisallowedHost": {"level": "CRITICAL", "propagate": False},
            "axes": {"level": "WARNING"},
            "celery": {"level": "WARNING"},
        },
    }
