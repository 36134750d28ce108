"""An incident from its first mail to its last, through a real mail server."""

from datetime import timedelta

import pytest
from django.db import connection as database
from django.db import transaction

from integrations.alerts.evaluating import evaluate
from integrations.alerts.mails import GIVEN_UP_AFTER, send_due
from integrations.alerts.models import AlertMail, Incident, Rule
from integrations.connections.models import Connection
from integrations.statistics.models import CallHourCount
from selfservice.database.locks import Lock
from selfservice.partitions.rows import remove_expired
from selfservice.programs.models import Role
from tests.factories.alerts import asked_address, incident, receiving
from tests.factories.people import person
from tests.integrations.alerts.conftest import only
from tests.integrations.alerts.troubles import make, mend
from tests.integrations.delivery.sending import in_threads

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
# What the first mail says, with its numbers.
TELLS = {
    Rule.ERRORS: ("Much fails", "Requests to Braze: 30 of 30 failed (100 %)"),
    Rule.AGE: ("Events wait for too long", "Events that wait: 1"),
    Rule.REFUSED: ("Braze refuses our calls", "Refused since"),
    Rule.SILENCE: ("It is unusually quiet", "Usual for that hour of this weekday: 400"),
    Rule.DEAD: ("Many events have failed", "Failed within 24 hours: 120"),
    Rule.EXPIRY: ("The time of events that wait is running out", "It ends as failed on"),
}


def look(at):
    """The minute's turn, and what goes out after it."""
    assert evaluate(now=at)
    return send_due(now=at)


@pytest.mark.parametrize("rule", Rule)
def test_rule_tells_reminds_once_and_clears(rule, connection, postbox, now):
    only(connection.program, rule)
    receiving(connection.program)
    make(rule, connection, now)

    told = [look(now + after) for after in (0 * MINUTE, MINUTE, 61 * MINUTE, 62 * MINUTE)]
    mend(rule, connection, now + 63 * MINUTE)
    cleared = [look(now + after) for after in (63 * MINUTE, 72 * MINUTE, 73 * MINUTE, 74 * MINUTE)]

    assert (told, cleared) == ([1, 0, 1, 0], [0, 0, 1, 0])
    headline, line = TELLS[rule]
    named = "Bergblick Club, Braze"
    assert postbox.subjects == [f"{named}: {headline}", f"{named}: still: {headline}", f"{named}: over: {headline}"]
    assert line in postbox.text(0)
    assert "So it has been since" in postbox.text(1)
    assert "lasted 73 minutes" in postbox.text(2)
    assert {mail["Auto-Submitted"] for mail in postbox.mails} == {"auto-generated"}
    over = Incident.objects.get()
    assert (over.rule, over.is_cleared, over.ended_at) == (rule, True, now + 73 * MINUTE)


def test_refused_key_is_one_alert_also_when_events_wait_for_long(connection, postbox, now):
    only(connection.program, Rule.REFUSED, Rule.AGE, reminder_hours=0)
    receiving(connection.program)
    make(Rule.AGE, connection, now)
    make(Rule.REFUSED, connection, now)
    look(now)
    # The key is put right, and what has gathered goes out.
    Connection.objects.update(stopped_at=None, stop_reason="", resumed_at=now + MINUTE)
    look(now + MINUTE)
    look(now + 12 * MINUTE)
    mend(Rule.AGE, connection, now)
    look(now + 90 * MINUTE)

    told = "Braze refuses our calls"
    assert postbox.subjects == [f"Bergblick Club, Braze: {told}", f"Bergblick Club, Braze: over: {told}"]


def test_reminder_has_the_numbers_of_when_it_was_bad(connection, postbox, now):
    only(connection.program, Rule.ERRORS)
    receiving(connection.program)
    make(Rule.ERRORS, connection, now)
    look(now)

    # Nothing is called any more, so nobody knows whether it would fail.
    CallHourCount.objects.all().delete()
    look(now + 61 * MINUTE)

    assert postbox.subjects[-1] == "Bergblick Club, Braze: still: Much fails"
    assert "Requests to Braze: 30 of 30 failed (100 %)" in postbox.text()


def test_rule_that_is_off_says_nothing_and_ends_what_was_open(connection, postbox, now):
    program = connection.program
    receiving(program)
    make(Rule.REFUSED, connection, now)
    only(program, Rule.REFUSED)
    look(now)

    only(program)
    look(now + MINUTE)

    found = Incident.objects.get()
    assert (found.ended_at, found.is_cleared) == (now + MINUTE, False)
    assert len(postbox.mails) == 1


def test_what_comes_and_goes_is_one_alert(connection, postbox, now):
    only(connection.program, Rule.REFUSED, quiet_minutes=10, reminder_hours=0)
    receiving(connection.program)
    for turn in range(6):
        make(Rule.REFUSED, connection, now)
        look(now + turn * 10 * MINUTE)
        mend(Rule.REFUSED, connection, now)
        look(now + (turn * 10 + 1) * MINUTE)

    assert postbox.subjects == ["Bergblick Club, Braze: Braze refuses our calls"]
    assert Incident.objects.count() == 1
    look(now + 61 * MINUTE)
    assert len(postbox.mails) == 2


def test_each_reads_it_in_their_language_and_finds_the_page(connection, postbox, now):
    program = connection.program
    only(program, Rule.DEAD)
    anna = person(program=program, role=Role.VIEWER, email="anna@example.org", language="de")
    gone = person(email="gone@example.org")
    program.alert_receivers.create(user=anna)
    program.alert_receivers.create(user=gone)
    receiving(program, "ops@example.org")
    asked_address(program, "unasked@example.org")
    make(Rule.DEAD, connection, now)

    assert look(now) == 2

    by_reader = {mail["To"]: mail for mail in postbox.mails}
    german, english = by_reader["anna@example.org"], by_reader["ops@example.org"]
    assert german["Subject"] == "Bergblick Club, Braze: Viele Ereignisse sind gescheitert"
    assert "In 24 Stunden gescheitert: 120" in german.get_body(("plain",)).get_content()
    text, html = (english.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "https://loyalty.example/programs/club/integrations/braze/dead-letters" in text
    assert "https://loyalty.example/programs/club/alerts" in text
    assert 'href="https://loyalty.example/programs/club/integrations/braze/dead-letters"' in html
    assert "Failed within 24 hours: 120" in html


def test_mail_has_no_links_where_nobody_knows_the_address(connection, postbox, now, settings):
    settings.PUBLIC_URL = ""
    only(connection.program, Rule.DEAD)
    receiving(connection.program)
    make(Rule.DEAD, connection, now)

    look(now)

    assert "/programs/" not in postbox.text()
    assert "http" not in postbox.text()


def test_mail_server_that_is_away_delays_the_mail_which_comes_once(connection, postbox, now):
    only(connection.program, Rule.REFUSED)
    receiving(connection.program)
    make(Rule.REFUSED, connection, now)
    postbox.stop()

    assert look(now) == 0
    assert look(now + MINUTE) == 0
    held = AlertMail.objects.get()
    assert "refused" in held.problem
    postbox.start()

    assert [send_due(now=now + after * MINUTE) for after in (2, 3, 30)] == [0, 1, 0]
    assert len(postbox.mails) == 1


def test_end_is_not_told_before_the_beginning(connection, postbox, now):
    only(connection.program, Rule.REFUSED)
    receiving(connection.program)
    make(Rule.REFUSED, connection, now)
    postbox.stop()
    for after in range(4):
        look(now + after * MINUTE)
    mend(Rule.REFUSED, connection, now)
    look(now + 5 * MINUTE)
    postbox.start()

    look(now + 16 * MINUTE)
    send_due(now=now + 90 * MINUTE)
    send_due(now=now + 91 * MINUTE)

    assert [subject.count("over:") for subject in postbox.subjects] == [0, 1]


def test_address_that_is_refused_holds_up_no_other_and_is_given_up(connection, postbox, now):
    only(connection.program, Rule.REFUSED)
    for email in ("a@example.org", "b@example.org"):
        receiving(connection.program, email)
    postbox.unknown.add("a@example.org")
    make(Rule.REFUSED, connection, now)

    assert look(now) == 1
    send_due(now=now + GIVEN_UP_AFTER)
    send_due(now=now + 2 * GIVEN_UP_AFTER)

    held = AlertMail.objects.get(email="a@example.org")
    assert (held.attempts, held.given_up_at) == (2, now + GIVEN_UP_AFTER)
    assert held.problem == "550 nobody of that name"


def test_who_is_no_receiver_any_more_gets_nothing_that_was_written_down(connection, postbox, now):
    program = connection.program
    only(program, Rule.REFUSED)
    for email in ("left@example.org", "stays@example.org"):
        program.alert_receivers.create(user=person(program=program, role=Role.VIEWER, email=email))
    for email in ("removed@example.org", "kept@example.org"):
        receiving(program, email)
    make(Rule.REFUSED, connection, now)
    assert evaluate(now=now)

    program.memberships.filter(user__email="left@example.org").delete()
    program.alert_receivers.filter(email="removed@example.org").delete()

    assert send_due(now=now) == 2
    assert {mail["To"] for mail in postbox.mails} == {"stays@example.org", "kept@example.org"}
    given_up = AlertMail.objects.filter(given_up_at=now).values_list("email", flat=True)
    assert set(given_up) == {"left@example.org", "removed@example.org"}


def test_minute_is_looked_at_once(connection, now):
    assert [evaluate(now=now + timedelta(seconds=after)) for after in (0, 20, 59, 60, 0)] == [
        True,
        False,
        False,
        True,
        False,
    ]


@pytest.mark.django_db(transaction=True)
def test_several_schedulers_make_one_incident_and_one_mail(connection, postbox, now):
    only(connection.program, Rule.REFUSED)
    receiving(connection.program)
    make(Rule.REFUSED, connection, now)

    turns = in_threads([lambda: evaluate(now=now)] * 4)
    sent = in_threads([lambda: send_due(now=now)] * 4)

    assert (sorted(turns), sum(sent)) == ([False, False, False, True], 1)
    assert len(postbox.mails) == 1


@pytest.mark.django_db(transaction=True)
def test_other_parts_at_work_keep_nobody_from_looking(connection, now):
    """Reports are summed up in the same second of each minute, days dropped in the same of a night."""
    others = [lock for lock in Lock if lock is not Lock.EVALUATING_ALERTS]

    with transaction.atomic(), database.cursor() as cursor:
        for lock in others:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
        assert in_threads([lambda: evaluate(now=now)]) == [True]


def test_past_incidents_go_after_90_days_and_open_ones_stay(connection):
    incident(connection, Rule.AGE, hours=24 * 92, lasted=1)
    incident(connection, Rule.DEAD, hours=24 * 92)
    incident(connection, Rule.ERRORS, hours=24 * 80, lasted=1)

    assert remove_expired()["alert_incident"] == 1

    assert {each.rule for each in Incident.objects.all()} == {"dead", "errors"}
