import os
from stat import S_IMODE

import pytest

from integrations.cards.demo.children import Children

pytestmark = pytest.mark.slow


def test_files_of_the_demo_are_for_its_owner_alone(tmp_path):
    children = Children(tmp_path / "log", os.environ)

    children.start("sleeper", ["-c", "import time; time.sleep(60)"])
    modes = {path.name: S_IMODE(path.stat().st_mode) for path in (tmp_path / "log").iterdir()}
    children.stop()

    assert modes == {"sleeper.log": 0o600, "demo.pids": 0o600}
