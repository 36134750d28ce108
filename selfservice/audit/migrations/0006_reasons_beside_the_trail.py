"""Reasons that people give stand beside their lines: they go when a person is erased, and the lines stay."""

import django.db.models.deletion
from django.db import migrations, models

FORWARDS = """
CREATE TRIGGER audit_reason_unchanged BEFORE UPDATE ON audit_auditreason
FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
"""
BACKWARDS = "DROP TRIGGER audit_reason_unchanged ON audit_auditreason;"


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_not_emptied")]

    operations = [
        migrations.CreateModel(
            name="AuditReason",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="reason",
                        serialize=False,
                        to="audit.auditentry",
                    ),
                ),
                ("text", models.CharField(max_length=1000)),
            ],
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["program", "subject", "id"], name="audit_of_subject"),
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
