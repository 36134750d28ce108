"""The addresses that a key may be used from become an array, which a statement compares with at once."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

TO_ARRAY = """
ALTER TABLE keys_apikey ADD COLUMN networks varchar(43)[] NOT NULL DEFAULT '{}';
UPDATE keys_apikey SET networks = ARRAY(SELECT jsonb_array_elements_text(allowed_networks))
 WHERE allowed_networks <> '[]';
ALTER TABLE keys_apikey DROP COLUMN allowed_networks;
ALTER TABLE keys_apikey RENAME COLUMN networks TO allowed_networks;
ALTER TABLE keys_apikey ALTER COLUMN allowed_networks DROP DEFAULT;
"""
TO_JSON = "ALTER TABLE keys_apikey ALTER COLUMN allowed_networks TYPE jsonb USING to_jsonb(allowed_networks);"


class Migration(migrations.Migration):
    dependencies = [("keys", "0003_rotation_and_uses")]

    operations = [
        migrations.RunSQL(
            TO_ARRAY,
            TO_JSON,
            state_operations=[
                migrations.AlterField(
                    model_name="apikey",
                    name="allowed_networks",
                    field=ArrayField(models.CharField(max_length=43), default=list),
                )
            ],
        )
    ]
