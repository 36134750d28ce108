import base64
import secrets
from collections.abc import Mapping
from pathlib import Path

from selfservice.embedded.folder import locked, prepare_folder, read_variables, write_variables


def generated_secrets(*, folder: Path) -> dict[str, str]:
    """SECRET_KEY and FIELD_ENCRYPTION_KEYS for the demo, made once and kept beside the data that they encrypt."""
    folder = prepare_folder(folder)
    path = folder / "secrets.env"
    with locked(folder):
        kept = read_variables(path)
        wanted = {
            "SECRET_KEY": kept.get("SECRET_KEY") or secrets.token_urlsafe(48),
            "FIELD_ENCRYPTION_KEYS": kept.get("FIELD_ENCRYPTION_KEYS") or _encryption_key(),
        }
        if wanted != kept:
            write_variables(path, {**kept, **wanted})
    return wanted


def keep_settings(*, folder: Path, settings: Mapping[str, str]) -> None:
    """Settings that belong to the data and must hold whenever they are used, with or without the demo."""
    folder = prepare_folder(folder)
    with locked(folder):
        write_variables(folder / "settings.env", {**read_variables(folder / "settings.env"), **settings})


def kept_settings(*, folder: Path) -> dict[str, str]:
    return read_variables(folder / "settings.env")


def _encryption_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
