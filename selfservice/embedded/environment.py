from collections.abc import MutableMapping
from pathlib import Path

from selfservice.embedded.generated import generated_secrets, kept_settings
from selfservice.embedded.services import attach, noted_settings

STORES = ("DATABASE_URL", "REDIS_URL")


def complete_environment(environ: MutableMapping[str, str], *, folder: Path) -> None:
    """Demo mode, which is whenever a store is not named: fills in what is missing, overrides nothing.

    What other processes have noted beside the services (the demo notes its simulator) is filled in too, so that a
    command at another terminal sees the same product. Raises EmbeddedError.
    """
    if all(environ.get(name, "").strip() for name in STORES):
        return
    services = attach(folder=folder)
    found = {
        **kept_settings(folder=folder),
        **noted_settings(folder=folder),
        **generated_secrets(folder=folder),
        "DATABASE_URL": services.database_url,
        "REDIS_URL": services.redis_url,
    }
    for name, value in found.items():
        if not environ.get(name, "").strip():
            environ[name] = value
