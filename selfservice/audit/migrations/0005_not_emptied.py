"""Nor is the whole trail emptied at once, which no trigger on lines would notice."""

from django.db import migrations

FORWARDS = """
CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON audit_auditentry
FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
"""
BACKWARDS = "DROP TRIGGER audit_not_emptied ON audit_auditentry;"


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_index_of_a_program")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
