from datetime import UTC, datetime

import pytest
from django.conf import settings

from loyalty_api.engine.models import Account, ProgramRules
from selfservice.celery import app
from tests.factories.engine import AccountFactory, LevelFactory

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
NAMES = ["unlock_points", "settle_levels", "expire_points", "count_reports"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def tasks():
    app.loader.import_default_modules()
    return {name: app.tasks[f"loyalty_api.engine.tasks.{name}"] for name in NAMES}


def test_tasks_are_scheduled(tasks):
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert {task.name for task in tasks.values()} <= scheduled


def test_tasks_run_now_and_take_unknown_arguments(tasks):
    account = AccountFactory(level="gold", level_valid_to=LONG_AGO, points=5, last_activity_at=LONG_AGO)
    LevelFactory(program=account.program, slug="basic")
    ProgramRules.objects.create(
        program=account.program, expiry_kind="INACTIVITY", expiry_months=1, expiry_warning_days=0
    )

    for task in tasks.values():
        task.run(later="argument")

    account = Account.objects.get(id=account.id)
    assert (account.level, account.points) == ("basic", 0)
