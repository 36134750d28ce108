"""Migrations form one line per app, are named for what they do, and need no rights that a database user lacks."""

from itertools import pairwise

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

OURS = ("selfservice", "integrations", "loyalty_api")


@pytest.fixture(scope="module")
def loader():
    return MigrationLoader(None)


def labels():
    return [config.label for config in apps.get_app_configs() if config.name.startswith(OURS)]


def ours(loader):
    return {key: found for key, found in loader.disk_migrations.items() if key[0] in labels()}


def test_no_app_has_two_ends(loader):
    assert loader.detect_conflicts() == {}


def test_migrations_of_an_app_are_one_numbered_line(loader):
    for label in labels():
        names = sorted(name for app, name in ours(loader) if app == label)
        assert [name[:4] for name in names] == [f"{number:04d}" for number in range(1, len(names) + 1)]
        for before, after in pairwise(names):
            assert (label, before) in loader.disk_migrations[label, after].dependencies


def test_migrations_have_names_that_say_something(loader):
    assert [key for key in ours(loader) if "_auto_" in key[1]] == []


def test_apps_with_models_have_migrations(loader):
    with_models = {config.label for config in apps.get_app_configs() if config.name.startswith(OURS) and config.models}

    assert with_models <= {label for label, _name in ours(loader)}


def test_no_migration_asks_for_an_extension(loader):
    texts = [str(vars(operation)).upper() for found in ours(loader).values() for operation in found.operations]

    assert not any("CREATE EXTENSION" in text for text in texts)


def test_every_migration_can_be_undone(loader):
    for key, found in ours(loader).items():
        assert all(operation.reversible for operation in found.operations), key
