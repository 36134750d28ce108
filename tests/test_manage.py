import os
import subprocess
import sys
from pathlib import Path

import pytest

CLONE = Path(__file__).parents[1]


def run_manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgresql://h/d", "REDIS_URL": "redis://h", **variables}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=CLONE, env=environ, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.slow
def test_manage_wrong_setting_ends_with_one_line():
    result = run_manage("check", SECRET_KEY="x" * 60, FIELD_ENCRYPTION_KEYS="A" * 43, PORT="many")

    assert result.returncode == 1
    assert result.stderr == "PORT is 'many', but a port is a number from 1 to 65535.\n"


@pytest.mark.slow
def test_manage_with_own_stores_refuses_to_invent_secrets():
    result = run_manage("check")

    assert result.returncode == 1
    assert result.stderr.startswith("SECRET_KEY is not set.")
    assert result.stderr.count("\n") == 1


@pytest.mark.slow
def test_manage_unusable_folder_ends_with_one_line():
    result = run_manage("check", DATABASE_URL="", VAR_FOLDER="/dev/null/var")

    assert result.returncode == 1
    assert result.stderr == "The folder /dev/null/var cannot be used: Not a directory.\n"
