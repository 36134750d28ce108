"""The page of alerts: who may look, who may change, and who is told."""

import re

import pytest
from django.core import mail
from django.utils import timezone

from integrations.alerts.configuring import settings_of, values_of
from integrations.alerts.models import AlertReceiver, Rule
from integrations.alerts.receivers import MOST_ADDRESSES, addresses_of
from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Role
from tests.factories.alerts import asked_address, incident, receiving
from tests.factories.people import person, sign_in
from tests.integrations.alerts.troubles import HOUR, called

pytestmark = pytest.mark.django_db
PAGE = "/programs/club/alerts"


@pytest.fixture
def editor(program):
    return person(program=program, role=Role.EDITOR, email="ed@example.org", name="Ed Editor", language="de")


@pytest.fixture
def acting(client, editor):
    return sign_in(client, editor)


def rules(program, **changes):
    """The form as the page sends it; what is off is not sent."""
    values = values_of(settings_of(program)) | changes
    return {name: "on" if value is True else value for name, value in values.items() if value is not False}


def test_viewer_sees_everything_and_nothing_to_do(client, program, connection, editor):
    program.alert_receivers.create(user=editor)
    receiving(program)
    incident(connection)
    sign_in(client, person(program=program, role=Role.VIEWER))

    page = client.get(PAGE).text

    for text in ("Ed Editor", "ops@example.org", "Braze: Many events have failed", "1,200", "Tell when too much fails"):
        assert text in page
    for text in ("Save", "Ask by mail", "Remove", "Send me a test mail"):
        assert text not in page


def test_thresholds_are_saved_and_told_in_the_trail(acting, program):
    page = acting.post(PAGE, rules(program, dead_count=7, silence_on=False), follow=True)

    assert "Saved." in page.text
    saved = settings_of(program)
    assert (saved.dead_count, saved.is_on(Rule.SILENCE), saved.is_on(Rule.DEAD)) == (7, False, True)
    entry = AuditEntry.objects.get(action="alerts.saved")
    assert (entry.before["dead_count"], entry.after["dead_count"]) == (100, 7)
    acting.post(PAGE, rules(program))
    assert AuditEntry.objects.filter(action="alerts.saved").count() == 1, "nothing had changed"


@pytest.mark.parametrize(
    "changes",
    [{"errors_percent": 0}, {"errors_percent": 101}, {"age_minutes": ""}, {"expiry_days": 90}, {"dead_count": "many"}],
)
def test_bad_threshold_is_refused_at_the_field(acting, program, changes):
    page = acting.post(PAGE, rules(program, **changes))

    (name,) = changes
    assert page.status_code == 422
    assert f'id="id_{name}-error"' in page.text
    assert not AuditEntry.objects.filter(action="alerts.saved").exists()


def test_second_of_two_is_told_what_the_first_has_saved(acting, program):
    seen = re.search(r'name="seen" value="(\d*)"', acting.get(PAGE).text)[1]
    acting.post(PAGE, {**rules(program, dead_count=7), "seen": seen})

    page = acting.post(PAGE, {**rules(program, dead_count=9), "seen": seen})

    assert page.status_code == 409
    assert "Somebody else has changed this meanwhile" in page.text
    assert settings_of(program).dead_count == 7


def test_people_are_chosen_of_those_with_a_role(acting, program, editor):
    other = person(program=program, role=Role.VIEWER, email="vi@example.org")
    stranger = person(email="far@example.org")

    acting.post(f"{PAGE}/people", {"people": ["", editor.pk, other.pk]})
    assert addresses_of(program) == ["ed@example.org", "vi@example.org"]
    acting.post(f"{PAGE}/people", {"people": ["", other.pk]})
    assert addresses_of(program) == ["vi@example.org"]
    refused = acting.post(f"{PAGE}/people", {"people": [stranger.pk]})

    assert refused.status_code == 422
    assert "has no role here any more" in refused.text
    other.memberships.all().delete()
    assert addresses_of(program) == []


def test_further_address_gets_alerts_after_saying_yes_once(acting, client, program):
    page = acting.post(f"{PAGE}/address", {"email": "Ops@Example.org"}, follow=True)
    assert "ops@example.org is asked by mail" in page.text
    assert addresses_of(program) == []
    (question,) = mail.outbox
    link = re.search(r"/alerts/confirm/\S+", question.body)[0]
    client.logout()

    looked = client.get(link)
    assert addresses_of(program) == [], "mail scanners look at links too"
    done, again = client.post(link), client.post(link)

    assert [each.status_code for each in (looked, done, again)] == [200, 200, 410]
    assert "confirmed already" in again.text
    assert addresses_of(program) == ["ops@example.org"]
    actions = AuditEntry.objects.order_by("pk").values_list("action", "actor")
    said = [("alert_receiver.added", "ed@example.org"), ("alert_receiver.confirmed", "ops@example.org")]
    assert list(actions) == said


def test_link_ends_after_72_hours_and_with_a_newer_one(acting, client, program):
    asked = asked_address(program)
    AlertReceiver.objects.update(sent_at=None)
    acting.post(f"{PAGE}/address/{asked.receiver.pk}/ask")

    assert client.post(f"/alerts/confirm/{asked.token}").status_code == 410
    newer = re.search(r"/alerts/confirm/\S+", mail.outbox[0].body)[0]
    AlertReceiver.objects.update(expires_at=asked.receiver.created_at)
    late = client.post(newer)

    assert late.status_code == 410
    assert "72 hours are over" in late.text
    assert addresses_of(program) == []


def test_question_is_not_sent_again_at_once_and_a_removed_address_gets_nothing(acting, program):
    asked = asked_address(program)

    page = acting.post(f"{PAGE}/address/{asked.receiver.pk}/ask", follow=True)
    assert "a moment ago" in page.text
    gone = acting.post(f"{PAGE}/address/{asked.receiver.pk}/remove", follow=True)

    assert "gets no more alerts" in gone.text
    assert mail.outbox == []
    assert not AlertReceiver.objects.exists()


@pytest.mark.parametrize(
    ("email", "said"),
    [("", "Enter a mail address."), ("ops@", "no complete mail address"), ("ed@example.org", "tick the name"),
     ("known@example.org", "in the list already")],
)  # fmt: skip
def test_bad_address_is_refused_at_the_field(acting, program, email, said):
    receiving(program, "known@example.org")

    page = acting.post(f"{PAGE}/address", {"email": email})

    assert page.status_code == 422
    assert page.text.count(said) == 2, "in the summary and at the field"
    assert mail.outbox == []


def test_addresses_are_bounded(acting, program):
    rows = [AlertReceiver(program=program, email=f"{n}@example.org", digest=str(n)) for n in range(MOST_ADDRESSES)]
    AlertReceiver.objects.bulk_create(rows)

    assert "no more are added" in acting.post(f"{PAGE}/address", {"email": "ops@example.org"}).text


def test_question_that_cannot_be_sent_leaves_the_address(acting, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    page = acting.post(f"{PAGE}/address", {"email": "ops@example.org"}, follow=True)

    assert "could not be sent. The address is kept" in page.text
    assert "The mail server did not take it" in page.text


def test_test_mail_goes_to_who_asks_in_their_language(acting, settings):
    page = acting.post(f"{PAGE}/test", follow=True)

    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["ed@example.org"], "Bergblick Club: Test der Meldungen")
    assert "http://testserver/programs/club/alerts" in sent.body
    assert "on its way to ed@example.org" in page.text
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert "did not take it" in acting.post(f"{PAGE}/test", follow=True).text


def test_open_incident_shows_on_the_programs_page_and_on_the_card(acting, connection):
    for address in ("/programs/club", "/programs/club/integrations/braze"):
        assert "Many events have failed" not in acting.get(address).text
    incident(connection)
    incident(connection, Rule.AGE, lasted=1)

    for address in ("/programs/club", "/programs/club/integrations/braze"):
        page = acting.get(address).text
        assert "Braze: Many events have failed" in page
        assert "Events wait for too long" not in page


def test_past_ones_are_listed_by_pages(acting, connection):
    for number in range(30):
        incident(connection, Rule.AGE, hours=100 + number, lasted=3)

    first, second = acting.get(PAGE).text, acting.get(f"{PAGE}?page=2").text

    assert (first.count("lasted 3 hours"), second.count("lasted 3 hours")) == (25, 5)
    assert "Nothing. It is looked at every minute." in first


def test_queries_do_not_grow(acting, program, connection, django_assert_num_queries):
    def add(number):
        found = incident(connection, Rule.AGE, hours=100 + number, lasted=3)
        receiver = program.alert_receivers.create(user=person(program=program))
        now = timezone.now()
        found.mails.create(email=receiver.user.email, moment="over", created_at=now, due_at=now, problem="550 no")
        asked_address(program, f"ops-{number}@example.org")

    add(0)
    acting.get(PAGE)
    with django_assert_num_queries(16):
        acting.get(PAGE)
    for number in range(1, 12):
        add(number)
    with django_assert_num_queries(16):
        acting.get(PAGE)


def test_look_back_is_made_when_it_is_asked_for(acting, connection):
    called(connection, timezone.now() - 20 * HOUR, status=503, calls=30)

    assert "Look back" in acting.get(PAGE).text
    page = acting.get(f"{PAGE}?lookback=7d").text
    assert "Braze: Error rate," in page
    assert "Look back" not in page
