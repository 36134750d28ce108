import pytest

from selfservice.embedded.environment import complete_environment
from selfservice.embedded.errors import EmbeddedError
from selfservice.embedded.services import noted_settings


def test_complete_environment_with_both_stores_changes_nothing(tmp_path):
    environ = {"DATABASE_URL": "postgresql://db.example/one", "REDIS_URL": "redis://cache.example"}

    complete_environment(environ, folder=tmp_path / "var")

    assert set(environ) == {"DATABASE_URL", "REDIS_URL"}
    assert not (tmp_path / "var").exists()


@pytest.mark.slow
def test_complete_environment_fills_in_what_is_missing(folder):
    environ = {"DATABASE_URL": "postgresql://db.example/one", "REDIS_URL": " "}

    complete_environment(environ, folder=folder)

    assert environ["DATABASE_URL"] == "postgresql://db.example/one"
    assert environ["REDIS_URL"] == noted_settings(folder=folder)["REDIS_URL"]
    assert set(environ) == {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "FIELD_ENCRYPTION_KEYS"}


def test_complete_environment_unusable_folder_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(EmbeddedError, match=r"The folder .* cannot be used: Not a directory\."):
        complete_environment({}, folder=tmp_path / "file" / "var")
