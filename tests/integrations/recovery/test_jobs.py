"""A replay by filter, from its plan to the file with its results; and a resync that the workers do."""

import csv
import io
import re

import pytest

from integrations.delivery import replay_results, replay_steps, resync_turns, tasks
from integrations.delivery.models import DeliveryOutcome, Resync
from integrations.delivery.replay_models import ReplayJob
from integrations.recovery.groups import key_of
from selfservice.audit.models import AuditEntry
from selfservice.audit.services import Actor
from selfservice.programs.models import Role
from tests.factories.engine import AccountFactory
from tests.factories.events import balance_event, refused_event
from tests.factories.people import person, sign_in
from tests.integrations.delivery.sending import deliver, send, tally
from tests.integrations.recovery.test_undelivered import REASON, fail

pytestmark = pytest.mark.django_db(transaction=True)
ADA = Actor("ada@example.org")


def figures(page):
    return re.findall(r"<dd>(?:<a [^>]*>)?([^<]+)", page.text)


def test_plan_says_what_would_happen(editor, base, program, connection, braze):
    fail(program, braze, refused_event("a-1"), refused_event("a-1"), refused_event("a-2"))
    fail(program, braze, refused_event("a-3"), reason="'time' is required")

    page = editor.get(f"{base}/replays/new?cause={key_of(REASON)}")
    all_of_it = editor.get(f"{base}/replays/new")

    assert figures(page)[:4] == ["3", "2", "0", "1 minute"]
    assert "Send 3 events" in page.text
    assert figures(all_of_it)[:2] == ["4", "3"]
    assert tally(connection) == (4, 0, 4, 0, 0, 0)


def test_editor_replays_a_cause_to_the_end(editor, base, program, connection, braze):
    events = [refused_event("a-1") for _ in range(3)]
    fail(program, braze, *events)

    answer = editor.post(f"{base}/replays/new", {"state": "dead", "cause": key_of(REASON)}, follow=True)
    job = ReplayJob.objects.get()
    tasks.work_off_replays()
    deliver(program)
    page = editor.get(f"{base}/replays/{job.pk}")
    file = read_csv(editor.get(f"{base}/replays/{job.pk}/result.csv"))

    assert f"Replay {job.pk}" in answer.text
    assert "0 of 3 put back into line" in answer.text
    assert "3 of 3 put back into line" in page.text
    assert "hx-trigger" not in page.text
    assert [row["Now"] for row in file] == ["Delivered"] * 3
    assert [row["Event"] for row in file] == [event.event_id for event in events]
    assert {row["Why"] for row in file} == {"Mail address not valid"}
    assert AuditEntry.objects.get(action="replay.begun").actor == "eva@example.org"
    assert tally(connection) == (3, 3, 0, 0, 0, 0)


def results_on(page):
    return re.findall(r"<dd>(\d+)</dd>", page.text.partition("What became of them")[2])[:3]


@pytest.mark.parametrize("at_once", [2_000, 2])
def test_replay_says_what_became_of_its_events(editor, base, program, connection, braze, monkeypatch, at_once):
    monkeypatch.setattr(replay_results, "COUNTED_AT_ONCE", at_once)
    monkeypatch.setattr(replay_results, "PORTION", 2)
    fail(program, braze, *[refused_event(f"a-{number}") for number in range(5)])
    editor.post(f"{base}/replays/new", {"state": "dead"})
    job = ReplayJob.objects.get()
    replay_steps.run(job=job)
    waiting = editor.get(f"{base}/replays/{job.pk}")
    braze.fault(item_errors={"name": "convercus_user_logged_in", "type": REASON})
    deliver(program)
    tasks.work_off_replays()
    ended = editor.get(f"{base}/replays/{job.pk}")
    states = [row["Now"] for row in read_csv(editor.get(f"{base}/replays/{job.pk}/result.csv"))]
    job.refresh_from_db()

    assert results_on(waiting) == ["0", "0", str(min(5, at_once))]
    assert ("still being counted" in waiting.text) == (at_once < 5)
    assert results_on(ended) == [str(states.count("Delivered")), str(states.count("Failed")), "0"]
    assert (job.counted, job.delivered + job.dead) == (5, 5)
    assert "still being counted" not in ended.text


def read_csv(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_replay_is_paused_gone_on_with_and_cancelled(editor, base, program, connection, braze):
    fail(program, braze, *[refused_event("a-1") for _ in range(3)])
    editor.post(f"{base}/replays/new", {"state": "dead"})
    job = ReplayJob.objects.get()
    replay_steps.advance(job_id=job.pk, limit=1)

    states = []
    for act in ("pause", "resume", "cancel", "pause", "nonsense"):
        editor.post(f"{base}/replays/{job.pk}/change", {"act": act})
        job.refresh_from_db()
        states.append(job.state)

    assert states == ["paused", "running", "cancelled", "cancelled", "cancelled"]
    assert tally(connection) == (3, 0, 2, 0, 1, 0)


def test_workers_choose_what_a_large_replay_takes(editor, base, program, connection, braze, settings):
    fail(program, braze, *[refused_event("a-1") for _ in range(3)])
    settings.REPLAY_COUNTED = 2

    plan = editor.get(f"{base}/replays/new")
    begun = editor.post(f"{base}/replays/new", {"state": "dead", "cause": key_of(REASON)}, follow=True)
    tasks.work_off_replays()
    deliver(program)

    assert figures(plan)[:2] == ["3", "at least 1"]
    assert "The events are being chosen." in begun.text
    assert ReplayJob.objects.get().state == "done"
    assert tally(connection) == (3, 3, 0, 0, 0, 0)


def test_second_replay_waits_for_the_first(editor, base, program, connection, braze):
    fail(program, braze, refused_event("a-1"))
    editor.post(f"{base}/replays/new", {"state": "dead"})

    answer = editor.post(f"{base}/replays/new", {"state": "dead"}, follow=True)

    assert "A replay is under way already." in answer.text
    assert ReplayJob.objects.count() == 1


def test_what_was_not_sent_is_sent_after_all(editor, base, program, connection, braze):
    from tests.factories.connection import connect_braze

    connect_braze(program, apiKey=braze.key, apiEndpoint=braze.url, events=["BALANCE_CHANGED"])
    event = balance_event("a-1", type="USER_LOGGED_IN", data={})
    send(program, event)
    deliver(program)
    assert tally(connection) == (1, 0, 0, 1, 0, 0)
    connect_braze(program, apiKey=braze.key, apiEndpoint=braze.url, events=["BALANCE_CHANGED", "USER_LOGGED_IN"])

    page = editor.get(f"{base}/dead-letters?state=filtered")
    editor.post(f"{base}/replays/new", {"state": "filtered", "type": "USER_LOGGED_IN"})
    tasks.work_off_replays()
    deliver(program)

    assert "Switched off" in page.text
    assert "Send after all" in page.text
    assert braze.taken() == [event.event_id]
    assert tally(connection) == (1, 1, 0, 0, 0, 0)


def test_replay_of_what_is_gone_begins_nothing(editor, base, program, connection):
    answer = editor.post(f"{base}/replays/new", {"state": "dead", "cause": "0" * 12}, follow=True)

    assert "Nothing was begun" in answer.text
    assert not ReplayJob.objects.exists()


def test_replay_of_no_events_begins_nothing(editor, base, connection):
    answer = editor.post(f"{base}/replays/new", {"state": "dead", "type": "BALANCE_CHANGED"}, follow=True)

    assert "no event of this choice can be sent again" in answer.text
    assert not ReplayJob.objects.exists()


def test_other_programs_replay_is_not_found(client, base, program, connection, braze):
    fail(program, braze, refused_event("a-1"))
    job = ReplayJob.objects.create(program=program)
    from tests.factories.engine import ProgramFactory

    other = ProgramFactory(code="other")
    stranger = sign_in(client, person(program=other, role=Role.ADMIN))

    for path in (f"{base}/replays/{job.pk}", f"/programs/other/integrations/braze/replays/{job.pk}/result.csv"):
        assert stranger.get(path).status_code == 404


def test_workers_do_a_resync_that_a_page_began(editor, base, program, connection, braze):
    accounts = [AccountFactory(program=program) for _ in range(3)]
    page = editor.get(f"{base}/resync")

    editor.post(f"{base}/resync", {"act": "begin"})
    resync = Resync.objects.get()
    work_through(program)

    resync.refresh_from_db()
    assert "Resync 3 members" in page.text
    assert (resync.state, resync.queued) == ("done", 3)
    assert all(braze.profile(account.pk) for account in accounts)
    assert "The last one ended" in editor.get(f"{base}/resync").text
    assert AuditEntry.objects.filter(action="resync.begun", actor="eva@example.org").exists()


def work_through(program):
    for _ in range(20):
        resync_turns.run_all(seconds=0.2)
        deliver(program)
        if not Resync.objects.filter(state="running").exists():
            return


def test_resync_is_paused_gone_on_with_and_cancelled(editor, base, program, connection, braze):
    AccountFactory(program=program)
    states = []

    for act in ("begin", "pause", "begin", "cancel", "pause"):
        editor.post(f"{base}/resync", {"act": act})
        states.append(Resync.objects.get().state)

    assert states == ["running", "paused", "running", "cancelled", "cancelled"]


def test_resync_says_why_it_paused_by_itself(editor, base, program, connection, braze):
    AccountFactory(program=program)
    resync_turns.begin(connection=connection, actor=ADA)
    type(connection).objects.update(paused_at=connection.created_at)

    resync_turns.run_all(seconds=0.2)
    page = editor.get(f"{base}/resync")

    assert Resync.objects.get().state == "paused"
    assert "It paused by itself" in page.text


def test_those_that_may_arrive_twice_are_listed_and_can_be_sent_alone(editor, base, program, connection, braze):
    fail(program, braze, refused_event("a-1"), refused_event("a-2"), refused_event("a-3"))
    DeliveryOutcome.objects.filter(account_id="a-2").update(is_maybe_twice=True)

    page = editor.get(f"{base}/replays/new")
    (address,) = re.findall(r'href="([^"]+twice=1)">1</a>', page.text)
    listed = editor.get(address.replace("&amp;", "&"))
    alone = figures(editor.get(f"{base}/replays/new?twice=1"))
    editor.post(f"{base}/replays/new", {"state": "dead", "twice": "1"})
    tasks.work_off_replays()
    deliver(program)

    assert re.findall(r"members/(a-[0-9])[?]event", listed.text) == ["a-2"]
    assert alone[0] == "1"
    assert tally(connection)[1:3] == (1, 2)


def test_file_with_results_is_recorded_with_who_took_it(editor, base, program, connection, braze):
    fail(program, braze, refused_event("a-1"))
    editor.post(f"{base}/replays/new", {"state": "dead"})
    job = ReplayJob.objects.get()

    editor.get(f"{base}/replays/{job.pk}/result.csv")

    entry = AuditEntry.objects.get(action="replay.exported")
    assert (entry.actor, entry.subject, entry.program) == ("eva@example.org", str(job.pk), program.code)
