import re

import pytest
from django.db import connection
from django.test import Client

from selfservice.watch.heartbeats import beat
from selfservice.watch.models import Heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture
def all_running():
    beat("worker")
    beat("scheduler")


def ready(query=""):
    answer = Client().get(f"/health/ready{query}", headers={"host": "10.0.0.7:8000"})
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.json()


def test_live_asks_nobody(django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = Client().get("/health/live", headers={"host": "10.0.0.7:8000"})

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_installation_that_works_is_ready_with_few_queries(all_running, django_assert_max_num_queries):
    ready()

    with django_assert_max_num_queries(5):
        status, body = ready()

    assert (status, body["status"], body["problems"]) == (200, "ok", {})
    assert body["checks"] == dict.fromkeys(["redis", "database", "migrations", "worker", "scheduler"], "ok")


def test_missing_processes_are_named_with_what_to_do():
    status, body = ready()

    assert status == 503
    assert body["problems"] == {
        "worker": "No worker is running. Start one: manage.py worker.",
        "scheduler": "No scheduler is running. Start one: manage.py scheduler.",
    }


def test_process_not_seen_for_long_is_missed(all_running):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE watch_heartbeat SET seen_at = now() - interval '95 s' WHERE kind = 'worker'")

    status, body = ready()

    assert status == 503
    assert re.match(r"No worker has been seen for 9\d seconds\.", body["problems"]["worker"])
    assert body["checks"]["scheduler"] == "ok"


def test_missing_migration_is_counted_and_what_needs_it_is_not_asked(all_running):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'watch'")

    status, body = ready()

    assert status == 503
    assert "migrations missing: 1. Run manage.py migrate." in body["problems"]["migrations"]
    assert set(body["checks"]) == {"redis", "database", "migrations"}


def test_redis_that_is_away_is_said_without_its_address(all_running, settings):
    settings.REDIS_URL = "redis://:hunter2@127.0.0.1:9/0"

    status, body = ready()

    assert status == 503
    assert list(body["problems"]) == ["redis"]
    assert "hunter2" not in str(body)


def test_chosen_checks_say_whether_this_process_can_serve(settings):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"

    assert ready("?only=database&only=migrations")[1]["checks"] == {"database": "ok", "migrations": "ok"}
    assert ready("?only=worker")[0] == 503
    assert ready("?only=redis")[1]["checks"] == {"redis": "failed"}
    assert Heartbeat.objects.count() == 0


def test_unknown_check_is_not_taken_for_health():
    status, body = ready("?only=database&only=databse")

    assert status == 400
    assert "There is no check databse. There are: database, " in body["message"]


def test_unknown_address_below_health_is_none():
    assert Client().get("/health/secrets").status_code == 404
