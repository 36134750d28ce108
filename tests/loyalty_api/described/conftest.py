import pytest
from _pytest.nodeid import coerce_node_id

from tests.loyalty_api.described import running, world


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Each operation under a name of its own: xdist runs tests of one name once."""
    for item in items:
        if "tests/loyalty_api/described/" in str(item.path) and not item.nodeid.endswith(item.name):
            item._id = coerce_node_id(f"{item.nodeid.rpartition('::')[0]}::{item.name}")


@pytest.fixture
def built_world(db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    world.build()
    with running.connection_kept():
        yield
