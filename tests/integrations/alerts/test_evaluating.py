"""The minute's look at all connections: what is wrong with one is no matter of the others."""

import pytest
from django.db import connection as database

from integrations.alerts.evaluating import evaluate
from integrations.alerts.models import Incident, Moment, Rule
from integrations.alerts.telling import letter_of
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.integrations.alerts.conftest import only
from tests.integrations.alerts.troubles import make

pytestmark = pytest.mark.django_db


def test_unknown_time_zone_is_utc_and_stops_nobodys_alerts(program, connection, now):
    """The database takes any name, and what Python knows changes with its release."""
    other = connect_braze(ProgramFactory(code="far", timezone="Foo/Bar"))
    for each in (connection, other):
        only(each.program, Rule.DEAD)
        make(Rule.DEAD, each, now)

    assert evaluate(now=now)

    assert set(Incident.objects.values_list("connection_id", flat=True)) == {connection.pk, other.pk}
    letter = letter_of(incident=other.incidents.get(), moment=Moment.REMINDER, facts={"failed": 120}, language="en")
    assert "Failed within 24 hours: 120" in letter.paragraphs[1]


def test_failure_at_one_connection_costs_that_one_alone(program, connection, now, caplog):
    other = connect_braze(ProgramFactory(code="far"))
    for each in (connection, other):
        only(each.program, Rule.DEAD)
        make(Rule.DEAD, each, now)
    with database.cursor() as cursor:
        cursor.execute(f"ALTER TABLE alert_incident ADD CHECK (connection_id <> {connection.pk})")

    assert evaluate(now=now)

    assert list(Incident.objects.values_list("connection_id", flat=True)) == [other.pk]
    (told,) = [each for each in caplog.records if each.name == "integrations.alerts.evaluating"]
    assert "program club" in told.getMessage()
