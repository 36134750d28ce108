"""With a second role the application can neither change the trail nor take its guards away."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
CLONE = Path(__file__).resolve().parents[3]
APP, OWNER, PASSWORD = "trail_app", "trail_owner", "only-for-this-test"
LINE = (
    "INSERT INTO audit_auditentry (at, actor, program, action, subject, before, after)"
    " VALUES (now(), 'ada', '', 'a.b', 's', '{}', '{}')"
)
FORBIDDEN = [
    "UPDATE audit_auditentry SET actor = 'eve'",
    "DELETE FROM audit_auditentry",
    "TRUNCATE audit_auditentry",
    "DROP TABLE audit_auditentry",
    "ALTER TABLE audit_auditentry DISABLE TRIGGER ALL",
    "DROP TRIGGER audit_append_only ON audit_auditentry",
    "DROP TRIGGER audit_not_emptied ON audit_auditentry",
    "ALTER TABLE audit_auditentry RENAME TO other",
    "ALTER TABLE audit_auditentry OWNER TO trail_app",
    "CREATE RULE quiet AS ON INSERT TO audit_auditentry DO INSTEAD NOTHING",
    "CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "DROP FUNCTION refuse_audit_change() CASCADE",
    "DROP SCHEMA public CASCADE",
    "SET session_replication_role = replica",
    "SET ROLE trail_owner",
]
RIGHTS = """
SELECT string_agg(one, ' ') FROM unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,TRIGGER,REFERENCES}'::text[]) AS one
WHERE has_table_privilege('audit_auditentry', one)
"""


@pytest.fixture
def place(worker_id):
    """A database of its own, with both roles as docs/deploy.md makes them."""
    name, (app, owner) = f"trail_{worker_id}", (f"{APP}_{worker_id}", f"{OWNER}_{worker_id}")
    drop = [
        f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
        f"DROP ROLE IF EXISTS {app}",
        f"DROP ROLE IF EXISTS {owner}",
    ]
    make = [
        f"CREATE ROLE {app} LOGIN PASSWORD '{PASSWORD}'",
        f"CREATE ROLE {owner} LOGIN PASSWORD '{PASSWORD}'",
        f"GRANT {app} TO {owner}",
        f"CREATE DATABASE {name} OWNER {owner}",
    ]
    with connection.cursor() as cursor:
        for statement in [*drop, *make]:
            cursor.execute(statement)
    yield {"name": name, "app": app, "owner": owner}
    with connection.cursor() as cursor:
        for statement in drop:
            cursor.execute(statement)


def address(place, role):
    own = connection.settings_dict
    host = quote(own["HOST"], safe="")
    port = f":{own['PORT']}" if own["PORT"] else ""
    return f"postgresql://{place[role]}:{PASSWORD}@{host}{port}/{place['name']}"


def migrate(place, **environ):
    addresses = {"DATABASE_URL": address(place, "app"), "MIGRATION_DATABASE_URL": address(place, "owner")}
    return subprocess.run(
        [sys.executable, "manage.py", "migrate", "audit", "--verbosity", "0"],
        cwd=CLONE,
        env=os.environ | addresses | environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def is_refused(app, statement):
    try:
        app.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        return True
    return False


def test_s41_applications_role_reads_and_adds_and_nothing_else(place):
    done = migrate(place)
    assert done.returncode == 0, done.stderr

    with psycopg.connect(address(place, "app"), autocommit=True) as app:
        app.execute(LINE)
        for statement in FORBIDDEN:
            named = statement.replace(APP, place["app"]).replace(OWNER, place["owner"])
            assert is_refused(app, named), named
        # Answered with a warning, and in vain.
        app.execute(f"GRANT ALL ON audit_auditentry TO {place['app']}")
        assert app.execute(RIGHTS).fetchone() == ("SELECT INSERT",)
        assert app.execute("SELECT actor FROM audit_auditentry").fetchall() == [("ada",)]
        # All else is its own, such as the partitions of each day.
        app.execute("ALTER TABLE django_migrations ADD COLUMN mine integer")
        app.execute("CREATE TABLE a_day (id integer)")


def test_roles_that_protect_nothing_are_refused(place):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {place['name']} OWNER TO {place['app']}")

    done = migrate(place)
    same = migrate(place, MIGRATION_DATABASE_URL=address(place, "app"))

    assert done.returncode == same.returncode == 1
    assert f"The database belongs to “{place['app']}”" in done.stderr
    assert "names the same role as DATABASE_URL" in same.stderr
