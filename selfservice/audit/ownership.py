"""Keeps the trail out of the reach of the application's own database role.

A trigger refuses to change or remove a line, but whoever owns a table may drop its trigger. So where an installation
has a second role, that one owns the trail, the function of its triggers and the database, and the application's role
may read the trail and add to it. Everything else belongs to the application, which creates and drops partitions every
day.
"""

from django.db import connection

TRAIL, REFUSAL = "audit_auditentry", "refuse_audit_change"

_STANDING = """
SELECT app.rolsuper, pg_has_role(%(app)s, current_user, 'MEMBER'), pg_has_role(current_user, %(app)s, 'MEMBER'),
  (SELECT datdba = app.oid FROM pg_database WHERE datname = current_database()), app.rolname = current_user
FROM pg_roles AS app WHERE app.rolname = %(app)s
"""
_TABLES = """
SELECT relation.oid::regclass::text FROM pg_class AS relation
WHERE relation.relnamespace = current_schema()::regnamespace AND relation.relkind IN ('r', 'p', 'v', 'm')
  AND relation.relowner = quote_ident(current_user)::regrole AND relation.relname <> %(trail)s
"""
_FUNCTIONS = """
SELECT routine.oid::regprocedure::text FROM pg_proc AS routine
WHERE routine.pronamespace = current_schema()::regnamespace
  AND routine.proowner = quote_ident(current_user)::regrole AND routine.proname <> %(refusal)s
"""


def weakness_of(*, app_role: str) -> str:
    """What is wrong with the two roles, in a sentence; empty when nothing is. Asked as the owner."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"app": app_role})
        found = cursor.fetchone()
        cursor.execute("SELECT current_user")
        owner = str((cursor.fetchone() or ("",))[0])
    if found is None:
        return f"There is no database role “{app_role}”, which DATABASE_URL names."
    is_super, is_in_owner, may_become_app, owns_database, is_same = found
    if is_same:
        return "MIGRATION_DATABASE_URL names the same role as DATABASE_URL. Give it a role of its own."
    if is_super:
        return f"The role “{app_role}” is a superuser and may do anything: ALTER ROLE {app_role} NOSUPERUSER."
    if is_in_owner:
        return f"The role “{app_role}” is a member of “{owner}”: REVOKE {owner} FROM {app_role}."
    if owns_database:
        return f"The database belongs to “{app_role}”: ALTER DATABASE … OWNER TO {owner}."
    if not may_become_app:
        return f"The role “{owner}” cannot change the application's tables: GRANT {app_role} TO {owner}."
    return ""


def hand_over(*, app_role: str) -> None:
    """Gives the application what is its own, and takes the trail. Repeatable; asked as the owner."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(%s)", [app_role])
        app = str((cursor.fetchone() or ("",))[0])
        cursor.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {app}")
        cursor.execute(_TABLES, {"trail": TRAIL})
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} OWNER TO {app}")
        cursor.execute(_FUNCTIONS, {"refusal": REFUSAL})
        for (function,) in cursor.fetchall():
            cursor.execute(f"ALTER ROUTINE {function} OWNER TO {app}")
        cursor.execute(f"ALTER TABLE {TRAIL} OWNER TO current_user")
        cursor.execute(f"ALTER FUNCTION {REFUSAL}() OWNER TO current_user")
        cursor.execute(f"REVOKE ALL ON {TRAIL} FROM {app}, PUBLIC")
        cursor.execute(f"GRANT SELECT, INSERT ON {TRAIL} TO {app}")
