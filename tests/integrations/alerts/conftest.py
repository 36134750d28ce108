from datetime import UTC, datetime, timedelta

import pytest

from integrations.alerts.configuring import save_settings, settings_of, values_of
from integrations.alerts.models import Rule
from tests.factories.alerts import BOSS
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.integrations.alerts.postbox import Postbox


@pytest.fixture
def postbox(settings):
    """The mail server that the product sends to."""
    box = Postbox()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
    settings.PUBLIC_URL = "https://loyalty.example"
    box.start()
    yield box
    box.stop()


@pytest.fixture
def program(db):
    return ProgramFactory(code="club", name="Bergblick Club", timezone="Europe/Zurich")


@pytest.fixture
def connection(program):
    return connect_braze(program)


@pytest.fixture
def now():
    """Half past, so that the hour has begun and is not over; nothing that a test made is younger."""
    return datetime.now(UTC).replace(minute=30, second=0, microsecond=0) + timedelta(hours=1)


def only(program, *rules, **changes):
    """These rules alone are on; a reminder comes after an hour."""
    values = values_of(settings_of(program)) | {f"{rule}_on": rule in rules for rule in Rule}
    return save_settings(program=program, values=values | {"reminder_hours": 1} | changes, actor=BOSS)
