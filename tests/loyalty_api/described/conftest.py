import pytest

from tests.loyalty_api.described import running, world


@pytest.fixture
def built_world(db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    world.build()
    with running.connection_kept():
        yield
