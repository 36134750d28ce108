import base64

from selfservice.embedded.generated import generated_secrets


def test_generated_secrets_are_kept(tmp_path):
    first = generated_secrets(folder=tmp_path / "var")

    second = generated_secrets(folder=tmp_path / "var")

    assert first == second
    assert (tmp_path / "var" / "secrets.env").stat().st_mode & 0o777 == 0o600


def test_generated_secrets_have_their_lengths(tmp_path):
    made = generated_secrets(folder=tmp_path)

    assert len(made["SECRET_KEY"]) == 64
    assert len(base64.urlsafe_b64decode(made["FIELD_ENCRYPTION_KEYS"])) == 32


def test_generated_secrets_differ_between_folders(tmp_path):
    one = generated_secrets(folder=tmp_path / "one")

    other = generated_secrets(folder=tmp_path / "other")

    assert not set(one.values()) & set(other.values())
