"""A resync: every member told anew, beside the events, counted nowhere and never out of order."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from integrations.connections.models import Connection
from integrations.delivery import resyncing, resyncs
from integrations.delivery.intake import lane_number
from integrations.delivery.models import Delivery, DeliveryOutcome, Lane, LastSent, Resync, StoredEvent
from integrations.delivery.resyncing import CannotGoOn, Pace
from integrations.delivery.resyncs import ResyncTaken, Step
from loyalty_api.client.factory import client_for
from loyalty_api.client.models import LoyaltyPlatform
from loyalty_api.engine.models import Account
from tests.factories.connection import connect_braze
from tests.factories.engine import AccountFactory, MembershipFactory
from tests.factories.events import balance_event
from tests.integrations.delivery.sending import deliver, send, tally

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_patience(settings):
    """The command sends by itself at once: no worker runs here."""
    settings.RESYNC_PATIENCE_SECONDS = 0.0


@pytest.fixture
def members(program):
    """Four accounts with an owner each, in the order of their ids."""
    return sorted(MembershipFactory(account=AccountFactory(program=program, points=7)).account_id for _ in range(4))


def resync(program, capsys, *options):
    call_command("resync", program.code, "braze", "--json", *options)
    return json.loads(capsys.readouterr().out)


def mark(connection, *account_ids):
    """Puts markers in line, as a resync does that is killed then."""
    found = resyncs.start(connection=connection, total=len(account_ids))
    step = Step([(each, lane_number(each)) for each in account_ids], account_ids[-1])
    resyncs.queue(resync=found, connection=connection, step=step)
    return found


def balance(points, account_id):
    return balance_event(account_id, data={"points": points, "lockedPoints": 0, "statusPoints": 0})


def told(braze):
    """The attribute objects' profiles, in the order of their requests."""
    return [item["id"] for entry in braze.journal() for item in entry["objects"] if item["array"] == "attributes"]


def test_resync_tells_all_members_and_counts_nothing(program, connection, braze, members, capsys):
    found = resync(program, capsys)

    assert found == {"state": "done", "members": 4, "total": 4, "refused": 0, "unread": 0}
    attributes = [braze.profile(member)["attributes"] for member in members]
    assert [each["convercus_balance"]["points"] for each in attributes] == [7] * 4
    assert braze.taken() == []
    assert tally(connection) == (0, 0, 0, 0, 0, 0)
    assert not DeliveryOutcome.objects.exists()
    assert not Lane.objects.exclude(due_at=None).exists()


def test_resync_sends_what_is_known_again(program, connection, braze, members, capsys):
    resync(program, capsys)
    before = len(told(braze))

    resync(program, capsys)

    assert (before, len(told(braze))) == (4, 8)
    assert LastSent.objects.count() == 4


def test_marker_keeps_its_place_between_events(program, connection, braze, members, capsys):
    [member, *_others] = members
    send(program, balance(5, member))
    mark(connection, member)
    send(program, balance(9, member))

    deliver(program)

    assert braze.profile(member)["attributes"]["convercus_balance"]["points"] == 9
    assert LastSent.objects.get().attributes["convercus_balance"][1]["points"] == 9
    assert tally(connection) == (2, 2, 0, 0, 0, 0)


def test_state_is_read_when_the_marker_is_sent(program, connection, braze, members):
    mark(connection, *members[:1])
    Account.objects.filter(id=members[0]).update(points=8)

    deliver(program)

    assert braze.profile(members[0])["attributes"]["convercus_balance"]["points"] == 8


def test_what_a_marker_told_is_newer_than_earlier_events_and_older_than_later_ones(program, connection, braze, members):
    [member, *_others] = members
    send(program, balance(5, member))
    mark(connection, member)
    send(program, balance(9, member))
    deliver(program)

    earlier, later = StoredEvent.objects.order_by("id").values_list("id", flat=True)
    versions = {name: entry[0] for name, entry in LastSent.objects.get().attributes.items()}

    assert earlier < versions["first_name"] < versions["convercus_balance"] == later


def test_markers_alone_keep_a_lane_due_while_braze_fails(program, connection, braze, members):
    mark(connection, *members)
    braze.fault(status=500, next=2)

    deliver(program)

    assert sorted(set(told(braze))) == members
    assert Lane.objects.filter(markers=0, due_at=None).count() == Lane.objects.count()
    assert not Delivery.objects.exists()


def test_killed_resync_goes_on_where_it_was(program, connection, braze, members, capsys):
    mark(connection, *members[:2])
    Resync.objects.update(total=4)

    found = resync(program, capsys)

    assert (found["members"], found["state"]) == (4, "done")
    assert sorted(told(braze)) == members


def test_refused_member_is_counted_on_the_resync_alone(program, connection, braze, members, capsys):
    braze.fault(item_errors={"input_array": "attributes", "index": 0, "type": "bad"})

    found = resync(program, capsys)

    assert (found["refused"], found["members"]) == (1, 4)
    assert tally(connection) == (0, 0, 0, 0, 0, 0)


def test_deleted_account_is_passed_over(program, connection, braze, members):
    mark(connection, *members)
    Account.objects.filter(id=members[0]).update(deleted_at=timezone.now())

    deliver(program)

    assert sorted(told(braze)) == members[1:]


def test_markers_stand_in_the_lane_of_the_profile(program, braze, quick, members, capsys):
    connection = connect_braze(program, apiKey=braze.key, apiEndpoint=braze.url, identifierValue="external_code")
    Account.objects.filter(id=members[0]).update(external_code="E-1")

    resync(program, capsys)

    assert told(braze) == ["E-1"]
    assert Lane.objects.filter(connection=connection, number=lane_number("E-1"), next_sequence__gt=1).exists()


def test_throttle_leaves_no_more_waiting_than_a_lane_may_hold(program, connection, settings):
    settings.RESYNC_MARKERS_PER_LANE, settings.RESYNC_PATIENCE_SECONDS = 3, 60.0
    found = mark(connection, "a-1", "a-1", "a-1")
    runner = resyncing.Runner(connection, None, found, Pace())

    assert runner.has_room({lane_number("a-1"): 1}) is False
    assert runner.has_room({(lane_number("a-1") + 1) % 16: 3}) is True


def test_platform_that_is_away_pauses_and_loses_nobody(program, connection, braze, members, capsys):
    mark(connection, *members)
    send(program, balance_event(members[0]))
    LoyaltyPlatform.objects.create(program=program, kind="remote", url="http://127.0.0.1:9/loyalty")

    with pytest.raises(CommandError, match=r"does not tell the state of 4 members\. Run the command again"):
        resync(program, capsys)
    LoyaltyPlatform.objects.all().delete()
    paused = Resync.objects.get()
    found = resync(program, capsys)

    assert (paused.state, sorted(paused.unread)) == ("paused", members)
    assert (found["state"], found["unread"]) == ("done", 0)
    assert sorted(set(told(braze))) == members


def test_dry_run_sends_nothing(program, connection, braze, members, capsys):
    assert resync(program, capsys, "--dry-run") == {"members": 4, "objects": 4, "requests": 1}
    assert (Resync.objects.count(), Delivery.objects.count()) == (0, 0)


def test_cancelled_resync_is_over(program, connection, members, capsys):
    found = mark(connection, *members[:2])

    cancelled = resync(program, capsys, "--cancel")

    assert (cancelled["state"], resyncs.current(connection=connection)) == ("cancelled", None)
    with pytest.raises(ResyncTaken):
        resyncs.queue(resync=found, connection=connection, step=Step([(members[2], 1)], members[2]))
    with pytest.raises(CommandError, match="No resync is under way"):
        resync(program, capsys, "--cancel")


def test_two_commands_do_not_share_a_resync(connection, members):
    first = resyncs.start(connection=connection, total=4)
    second = resyncs.start(connection=connection, total=4)
    step = Step([(members[0], lane_number(members[0]))], members[0])
    resyncs.queue(resync=first, connection=connection, step=step)

    with pytest.raises(ResyncTaken):
        resyncs.queue(resync=second, connection=connection, step=step)

    assert (Delivery.objects.count(), Resync.objects.get().queued) == (1, 1)


@pytest.mark.parametrize("change", [{"paused_at": timezone.now()}, {"stopped_at": timezone.now()}])
def test_resync_of_a_connection_that_may_not_send_is_left_paused(program, connection, members, change):
    Connection.objects.update(**change)

    with pytest.raises(CannotGoOn, match="The connection is"):
        resyncing.run(connection=Connection.objects.get(), pace=Pace())

    assert Resync.objects.get().state == "paused"


def test_rate_of_members_a_second(program, connection, members):
    started = timezone.now()

    resyncing.run(connection=connection, pace=Pace(rate=8.0))

    assert (timezone.now() - started).total_seconds() >= 0.5


def test_progress_ends_at_the_whole(program, connection, braze, members):
    shares = []

    resyncing.run(connection=connection, pace=Pace(progress=shares.append))

    assert (shares == sorted(shares), shares[-1]) == (True, 1.0)


def test_resync_under_way_ends_when_profiles_get_other_names(program, connection, braze, members):
    found = mark(connection, *members[:2])
    runner = resyncing.Runner(connection, client_for(program), found, Pace())
    connect_braze(program, apiKey=braze.key, apiEndpoint=braze.url, identifierValue="user_id")

    with pytest.raises(CannotGoOn, match="begins again"):
        runner.has_room({})
