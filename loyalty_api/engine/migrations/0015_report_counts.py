"""The database counts what reports show, beginning with what is there already."""

from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

_FIGURES = ["earned", "burned", "lapsed", "joined", "left", "moved", "opened", "closed", "risen", "fallen"]
_FIGURES += ["left_level", "receipt", "return"]
_COUNTED = [
    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
    ("detail", models.CharField(db_default="", default="", max_length=64)),
    (
        "figure",
        models.CharField(choices=[(name, name.replace("_", " ").title()) for name in _FIGURES], max_length=12),
    ),
    ("number", models.BigIntegerField(db_default=0, default=0)),
    ("amount", models.DecimalField(db_default=Decimal(0), decimal_places=2, default=Decimal(0), max_digits=24)),
]
_PARTNER = ("partner_id", models.CharField(default="", max_length=64))
_DELTA_PARTNER = ("partner_id", models.CharField(db_default="", default="", max_length=64))


def _program():
    return (
        "program",
        models.ForeignKey(
            db_index=False,
            on_delete=django.db.models.deletion.CASCADE,
            related_name="+",
            to="programs.program",
        ),
    )


# A till may make up type codes; only ours are told apart.
_CODE = "CASE WHEN {row}type_code IN ('EXP', 'ERASED', 'COR', 'TRX', 'PWP', 'COU', 'IMPORT') THEN {row}type_code ELSE '' END"
_LINE = "CASE {row}booking_type WHEN 'EARNBOOKING' THEN 'earned' ELSE 'burned' END"
_RECEIPT = "CASE WHEN {row}amount < 0 THEN 'return' ELSE 'receipt' END"
_NEW, _ROW = {"row": "NEW."}, {"row": ""}
# An account may go together with its memberships, and then nobody knows the program any more.
_OF_ACCOUNT = "(SELECT program_id FROM engine_account WHERE id = {row}.account_id)"
_THRESHOLD = "COALESCE((SELECT needed_status_points FROM engine_level WHERE program_id = NEW.program_id AND slug = {row}.level), -1)"

_BOOKING = f"""
  INSERT INTO report_delta (program_id, at, figure, point, detail, number, amount)
  VALUES (NEW.program_id, NEW.booked_at, {_LINE.format(**_NEW)}, NEW.interaction_id, {_CODE.format(**_NEW)}, 1, NEW.points);
"""
_TRANSACTION = f"""
  INSERT INTO report_delta (program_id, at, figure, point, detail, number, amount)
  VALUES (NEW.program_id, NEW.transaction_time, {_RECEIPT.format(**_NEW)}, NEW.interaction_id, NEW.transaction_type, 1,
          NEW.amount);
"""
# Of a quarter of an hour one row: no zone's day begins within one.
_QUARTER = "date_bin('15 minutes', {moment}, TIMESTAMPTZ '2000-01-01 00:00+00')"
# An import opens thousands of accounts by one statement, which costs it a few rows.
_OPENING = f"""
  INSERT INTO report_delta (program_id, at, figure, detail, number)
  SELECT program_id, {_QUARTER.format(moment="created_at")}, 'opened', level, count(*) FROM fresh GROUP BY 1, 2, 4;
"""
_JOINING = f"""
  INSERT INTO report_delta (program_id, at, figure, partner_id, number)
  SELECT {_OF_ACCOUNT.format(row="fresh")}, {_QUARTER.format(moment="created_at")}, 'joined', partner_id, count(*)
    FROM fresh GROUP BY 1, 2, 4;
"""
_CLOSING = """
  INSERT INTO report_delta (program_id, at, figure, detail, number, amount)
  VALUES (NEW.program_id, NEW.deleted_at, 'closed', NEW.level, 1, 0),
         (NEW.program_id, NEW.deleted_at, 'lapsed', '', 1, NEW.points + NEW.locked_points);
"""
# A level that there is no more is below all others, as it is told to other systems.
_LEVEL = f"""
  INSERT INTO report_delta (program_id, at, figure, detail, number)
  VALUES (NEW.program_id, now(), 'left_level', OLD.level, 1),
         (NEW.program_id, now(),
          CASE WHEN {_THRESHOLD.format(row="NEW")} > {_THRESHOLD.format(row="OLD")} THEN 'risen' ELSE 'fallen' END,
          NEW.level, 1);
"""
_LEAVING = f"""
  INSERT INTO report_delta (program_id, at, figure, partner_id, number)
  SELECT program_id, now(), 'left', OLD.partner_id, 1
    FROM {_OF_ACCOUNT.format(row="OLD")} AS found WHERE program_id IS NOT NULL;
"""
_MOVING = f"""
  INSERT INTO report_delta (program_id, at, figure, partner_id, number)
  SELECT program_id, now(), 'moved', partner_id, number
    FROM {_OF_ACCOUNT.format(row="NEW")} AS found, (VALUES (OLD.partner_id, -1), (NEW.partner_id, 1)) AS side (partner_id, number)
   WHERE program_id IS NOT NULL;
"""
_CLOSES = "OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL"
_CHANGES_LEVEL = "OLD.level <> NEW.level AND OLD.deleted_at IS NULL"


def _counting(name, table, act, body, *, condition="TRUE"):
    """A trigger that costs nothing where its condition does not hold, or where none of its columns is written."""
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          {body}
          RETURN NULL;
        END $$;
        CREATE TRIGGER {name} AFTER {act} ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()
        """,
        f"DROP FUNCTION {name}() CASCADE",
    )


def _counting_at_once(name, table, body):
    """The same of all rows that a statement has added. Its plan is kept while the tables grow, so that it must never
    read them whole."""
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan TO off AS $$
        BEGIN
          {body}
          RETURN NULL;
        END $$;
        CREATE TRIGGER {name} AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh
        FOR EACH STATEMENT EXECUTE FUNCTION {name}()
        """,
        f"DROP FUNCTION {name}() CASCADE",
    )


# After the triggers, which keep writers out until all this is committed: nothing is missed, and nothing counted twice.
_FILL = f"""
INSERT INTO report_delta (program_id, at, figure, point, detail, number, amount)
SELECT program_id, {_QUARTER.format(moment="booked_at")}, {_LINE.format(**_ROW)}, interaction_id, {_CODE.format(**_ROW)},
       count(*), sum(points)
  FROM engine_booking GROUP BY 1, 2, 3, 4, 5;
INSERT INTO report_delta (program_id, at, figure, point, detail, number, amount)
SELECT program_id, {_QUARTER.format(moment="transaction_time")}, {_RECEIPT.format(**_ROW)}, interaction_id,
       transaction_type, count(*), sum(amount)
  FROM engine_transaction GROUP BY 1, 2, 3, 4, 5;
INSERT INTO report_delta (program_id, at, figure, detail, number)
SELECT program_id, {_QUARTER.format(moment="created_at")}, 'opened', level, count(*)
  FROM engine_account GROUP BY 1, 2, 4;
INSERT INTO report_delta (program_id, at, figure, detail, number)
SELECT program_id, {_QUARTER.format(moment="deleted_at")}, 'closed', level, count(*)
  FROM engine_account WHERE deleted_at IS NOT NULL GROUP BY 1, 2, 4;
INSERT INTO report_delta (program_id, at, figure, number, amount)
SELECT program_id, {_QUARTER.format(moment="deleted_at")}, 'lapsed', count(*), sum(points + locked_points)
  FROM engine_account WHERE deleted_at IS NOT NULL GROUP BY 1, 2;
INSERT INTO report_delta (program_id, at, figure, partner_id, number)
SELECT a.program_id, {_QUARTER.format(moment="m.created_at")}, 'joined', m.partner_id, count(*)
  FROM engine_membership m JOIN engine_account a ON a.id = m.account_id GROUP BY 1, 2, 4;
"""


class Migration(migrations.Migration):
    dependencies = [("engine", "0014_coupon_lists"), ("programs", "0002_program_setup")]

    operations = [
        migrations.CreateModel(
            "ReportDelta",
            fields=[
                *_COUNTED,
                ("program_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("point", models.CharField(db_default="", default="", max_length=64)),
                _DELTA_PARTNER,
            ],
            options={"db_table": "report_delta"},
        ),
        migrations.CreateModel(
            "ReportDayCount",
            fields=[*_COUNTED, ("day", models.DateField()), _PARTNER, _program()],
            options={
                "db_table": "report_day_count",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("program", "figure", "day", "partner_id", "detail"), name="report_day_count_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            "ReportCount",
            fields=[*_COUNTED, _PARTNER, _program()],
            options={
                "db_table": "report_count",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("program", "figure", "partner_id", "detail"), name="report_count_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            "ReportMoment",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "report_moment",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="report_moment_once")],
            },
        ),
        migrations.CreateModel(
            "ReportOutlook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("at", models.DateTimeField()),
                ("active_30", models.BigIntegerField()),
                ("active_90", models.BigIntegerField()),
                ("active_365", models.BigIntegerField()),
                ("expiring", models.JSONField(default=dict)),
                _program(),
            ],
            options={
                "db_table": "report_outlook",
                "constraints": [models.UniqueConstraint(fields=("program", "day"), name="report_outlook_once")],
            },
        ),
        _counting("report_booking", "engine_booking", "INSERT", _BOOKING),
        _counting("report_transaction", "engine_transaction", "INSERT", _TRANSACTION),
        _counting_at_once("report_opening", "engine_account", _OPENING),
        _counting("report_closing", "engine_account", "UPDATE OF deleted_at", _CLOSING, condition=_CLOSES),
        _counting("report_level", "engine_account", "UPDATE OF level", _LEVEL, condition=_CHANGES_LEVEL),
        _counting_at_once("report_joining", "engine_membership", _JOINING),
        _counting("report_leaving", "engine_membership", "DELETE", _LEAVING),
        _counting(
            "report_moving",
            "engine_membership",
            "UPDATE OF partner_id",
            _MOVING,
            condition="OLD.partner_id <> NEW.partner_id",
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
    ]
