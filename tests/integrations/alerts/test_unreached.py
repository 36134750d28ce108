"""Whom the mails do not reach, as the page says it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from integrations.alerts.models import AlertMail, Moment, Rule
from selfservice.programs.models import Role
from selfservice.ui.templatetags.shell import minute
from tests.factories.alerts import incident, receiving
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db
PAGE = "/programs/club/alerts"
ZURICH = ZoneInfo("Europe/Zurich")
REFUSED = "550 5.1.1 no such user here"
OPS = "ops@example.org"


@pytest.fixture
def about(connection):
    """A mail that was written so many hours ago, and was sent or not."""

    def written(hours, email=OPS, *, problem="", is_given_up=False):
        at = timezone.now() - timedelta(hours=hours)
        is_sent = not problem
        return AlertMail.objects.create(
            incident=incident(connection, Rule.AGE, hours=hours, lasted=1),
            moment=Moment.OPENED,
            email=email,
            created_at=at,
            due_at=at,
            attempts=1,
            sent_at=at if is_sent else None,
            given_up_at=at if is_given_up else None,
            problem=problem,
        )

    return written


@pytest.fixture
def page(client, program):
    viewer = person(program=program, role=Role.VIEWER, email="anna@example.org")
    program.alert_receivers.create(user=viewer)
    sign_in(client, viewer)
    return lambda: " ".join(client.get(PAGE).text.split())


def test_who_could_not_be_reached_is_named_with_the_last_reason(program, page, about):
    receiving(program)
    first = about(90, problem="Connection refused", is_given_up=True)
    about(2, problem=REFUSED)

    found = page()

    assert f"<strong>{OPS}</strong> could not be reached since" in found
    assert found.count("could not be reached") == 1, "of each address the latest"
    assert f"could not be reached since {minute(first.created_at.astimezone(ZURICH))}. The mail server" in found
    assert f"did not take it: {REFUSED}" in found
    assert "It is tried again, for 72 hours in all." in found


def test_person_whose_mail_was_given_up_is_named(program, page, about):
    about(90, "anna@example.org", problem=REFUSED, is_given_up=True)

    found = page()

    assert "<strong>anna@example.org</strong> could not be reached" in found
    assert "It was tried for 72 hours, and is not tried again." in found


def test_who_was_reached_since_or_gets_no_mails_any_more_is_not_named(program, page, about):
    receiving(program)
    about(5, problem=REFUSED, is_given_up=True)
    about(4)
    about(3, "gone@example.org", problem=REFUSED)

    assert "could not be reached" not in page()
