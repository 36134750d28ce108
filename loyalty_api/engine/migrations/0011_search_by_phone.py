from django.db import migrations

# As `search_words.phone_word` has it.
_DIGITS = "ltrim(regexp_replace(u.phone, '[^0-9]', '', 'g'), '0')"


class Migration(migrations.Migration):
    dependencies = [("engine", "0010_retired_places")]

    operations = [
        migrations.RunSQL(
            f"""
            INSERT INTO engine_searchword (account_id, word, program_id)
            SELECT DISTINCT m.account_id, left(chr(30) || reverse({_DIGITS}), 64), a.program_id
              FROM engine_user u JOIN engine_membership m ON m.user_id = u.id JOIN engine_account a ON a.id = m.account_id
             WHERE a.deleted_at IS NULL AND length({_DIGITS}) >= 6 AND u.phone ~ '^\\s*[+(]?[0-9][0-9\\s()/.-]*$'
            ON CONFLICT DO NOTHING
            """,
            "DELETE FROM engine_searchword WHERE word >= chr(30) AND word < chr(31)",
        )
    ]
