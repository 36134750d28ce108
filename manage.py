#!/usr/bin/env python
"""The command line. Without DATABASE_URL or REDIS_URL it runs on the embedded services, whose data lie under var/."""

import importlib.util
import os
import sys
from pathlib import Path

CLONE = Path(__file__).resolve().parent


def main() -> None:
    if not (importlib.util.find_spec("django") and importlib.util.find_spec("celery")):
        sys.exit("The requirements are not installed here. Run make demo once, then .venv/bin/python manage.py …")
    run(sys.argv)


def run(arguments: list[str]) -> None:
    import environ
    from django.db import OperationalError

    from selfservice.embedded.environment import complete_environment
    from selfservice.embedded.errors import EmbeddedError
    from selfservice.env import SettingError
    from selfservice.secrets.cipher import CannotDecrypt

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "selfservice.settings")
    # A file beside this one may set variables; what the environment has already wins.
    environ.Env.read_env(CLONE / ".env")
    try:
        complete_environment(os.environ, folder=Path(os.environ.get("VAR_FOLDER") or CLONE / "var"))
        # Only now, since this reads the settings.
        from django.core.management import execute_from_command_line

        execute_from_command_line(arguments)
    except (EmbeddedError, SettingError, CannotDecrypt) as error:
        sys.exit(str(error))
    except OperationalError as error:
        sys.exit(f"The database cannot be used: {str(error).strip().splitlines()[0]}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
