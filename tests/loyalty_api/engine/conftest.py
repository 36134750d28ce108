"""What the engine's tests share."""

import pytest
from django.db import connection


@pytest.fixture(autouse=True)
def _patient_pool(monkeypatch):
    """Fifty threads share a few connections; on a busy machine one waits longer for its turn than a door may."""
    monkeypatch.setattr(connection.pool, "timeout", 30.0)
