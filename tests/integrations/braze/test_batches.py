"""A coupon for many members at once: answered at once, worked off in the background, reported member by member."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.braze import batches
from integrations.braze.models import CouponBatch, CouponBatchItem
from integrations.braze.sweeping import sweep
from integrations.delivery.models import StoredEvent
from loyalty_api.client.factory import client_for
from loyalty_api.client.models import LoyaltyPlatform
from loyalty_api.engine.coupons import assign_coupon
from loyalty_api.engine.logins import save_api_user
from loyalty_api.engine.models import AccountCoupon
from tests.factories.connection import key_for
from tests.factories.engine import LONG_AGO, AccountFactory, CouponFactory, ProgramFactory
from tests.loyalty_api.client import remote

pytestmark = pytest.mark.django_db
LIQUID = "{{custom_attribute.${convercus_account_id}}}"


@pytest.fixture
def coupon(program):
    return CouponFactory(program=program, external_code="SUMMER20")


def started(program, coupon_id, account_ids):
    return batches.start_batch(
        program=program,
        client=client_for(program),
        coupon_id=coupon_id,
        account_ids=account_ids,
        campaign_id="bc-7",
        valid_from=None,
        valid_to=None,
    )


def work_off_at_once(batch, threads):
    """Like that many processes that hear of the batch at the same moment."""
    start = Barrier(threads)

    def work():
        start.wait()
        try:
            batches.work_off(batch_id=str(batch.pk))
        finally:
            connection.close()

    running = [Thread(target=work) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def test_batch_runs_in_the_background_and_reports_each_member(caller, program, coupon):
    accounts = [AccountFactory(program=program) for _ in range(3)]
    ids = [accounts[0].id, "nobody", accounts[1].id, accounts[0].id]
    path = f"campaigns/{coupon.id}/assign/batch"

    batch_id = caller.post(path, {"account_ids": ids, "braze_campaign_id": "bc-7"}).json()["batchId"]
    before = caller.get(f"campaigns/batches/{batch_id}").json()
    batches.work_off(batch_id=batch_id)
    after = caller.get(f"campaigns/batches/{batch_id}").json()

    assert (before["status"], before["total"], before["succeeded"], before["failed"]) == ("running", 3, 0, 0)
    assert (after["status"], after["total"], after["succeeded"], after["failed"]) == ("done", 3, 2, 1)
    assert after["results"] == [
        {"account_id": accounts[0].id, "status": "succeeded", "couponCode": "SUMMER20"},
        {"account_id": "nobody", "status": "failed", "error": "account_not_found"},
        {"account_id": accounts[1].id, "status": "succeeded", "couponCode": "SUMMER20"},
    ]
    assert {row.data["brazeCampaignId"] for row in StoredEvent.objects.all()} == {"bc-7"}


def test_batch_worked_off_twice_assigns_once(caller, program, coupon):
    account = AccountFactory(program=program)
    batch_id = caller.post(f"campaigns/{coupon.id}/assign/batch", {"account_ids": [account.id]}).json()["batchId"]

    batches.work_off(batch_id=batch_id)
    batches.work_off(batch_id=batch_id)

    assert AccountCoupon.objects.get().assignments == 1
    assert batches.running_batches() == []


@pytest.mark.parametrize("ids", [[], "a-1", None, ["a"] * 501, [""], [LIQUID], [["a"]]])
def test_batch_refuses_what_it_cannot_use(caller, coupon, ids):
    answer = caller.post(f"campaigns/{coupon.id}/assign/batch", {"account_ids": ids})

    assert (answer.status_code, set(answer.json()["fields"])) == (400, {"account_ids"})


def test_batch_of_500_costs_no_more_statements_than_one_of_two(caller, coupon):
    counts = []

    for size in (1, 2, 500):
        with CaptureQueriesContext(connection) as queries:
            answer = caller.post(
                f"campaigns/{coupon.id}/assign/batch", {"account_ids": [f"a-{n}" for n in range(size)]}
            )
        counts.append(len(queries))
        assert answer.status_code == 200

    assert CouponBatchItem.objects.count() == 503
    assert counts[1] == counts[2]


def test_status_of_anothers_batch_is_404(caller, program, coupon):
    batch_id = caller.post(f"campaigns/{coupon.id}/assign/batch", {"account_ids": ["a-1"]}).json()["batchId"]
    other = ProgramFactory()

    for path, options in (
        (f"campaigns/batches/{uuid.uuid4()}", {}),
        (f"campaigns/batches/{batch_id}", {"code": other.code, "key": key_for(other)}),
    ):
        answer = caller.get(path, **options)
        assert (answer.status_code, answer.json()["error"]) == (404, "batch_not_found")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_batch_of_several_processes_assigns_once(program, coupon):
    accounts = AccountFactory.create_batch(20, program=program)
    batch = started(program, coupon.id, [account.id for account in accounts])

    work_off_at_once(batch, threads=4)

    assert {pair.assignments for pair in AccountCoupon.objects.all()} == {1}
    assert (AccountCoupon.objects.count(), StoredEvent.objects.count()) == (20, 20)
    assert batches.running_batches() == []


def test_batch_that_another_process_holds_is_left_alone(program, coupon):
    batch = started(program, coupon.id, [AccountFactory(program=program).id])
    CouponBatch.objects.update(leased_until=timezone.now() + timedelta(seconds=5))

    batches.work_off(batch_id=str(batch.pk))

    assert not AccountCoupon.objects.exists()
    assert batches.running_batches() == [str(batch.pk)]


def test_batch_of_a_dead_process_is_taken_over(program, coupon):
    batch = started(program, coupon.id, [AccountFactory(program=program).id])
    CouponBatch.objects.update(leased_until=timezone.now() - timedelta(seconds=1))

    batches.work_off(batch_id=str(batch.pk))

    assert AccountCoupon.objects.get().assignments == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_batch_that_raises_does_not_hold_up_those_behind_it(program, coupon):
    broken = started(program, coupon.id, [AccountFactory(program=program).id])
    sound = started(program, coupon.id, [AccountFactory(program=program).id])
    broken_program = ProgramFactory()
    CouponBatch.objects.filter(pk=broken.pk).update(program=broken_program)
    LoyaltyPlatform.objects.create(program=broken_program, kind="remote", url="http://[", org="o", user_name="u")

    with ThreadPoolExecutor(max_workers=1) as pool:
        sweep(pool)

    assert batches.running_batches() == [str(broken.pk)]
    assert sound.items.get().status == "succeeded"


@pytest.mark.slow
@pytest.mark.usefixtures("transactional_db")
class TestPlatformAway:
    @pytest.fixture
    def batch(self, program, coupon, settings):
        batch = started(program, coupon.id, ["a-1", "a-2"])
        remote.allow(settings, "http://127.0.0.1:1")
        remote.platform_row(program, "http://127.0.0.1:1/loyalty").save()
        return batch

    def test_items_that_never_acted_wait_for_another_round(self, batch):
        batches.work_off(batch_id=str(batch.pk))
        batches.work_off(batch_id=str(batch.pk))

        batch.refresh_from_db()
        assert batch.rounds == 1
        assert batch.leased_until > timezone.now() + timedelta(seconds=5)
        assert set(batch.items.values_list("status", "started_at")) == {("waiting", None)}

    def test_items_have_failed_when_the_last_round_is_over(self, batch):
        for _round in range(batches.ROUNDS):
            CouponBatch.objects.update(leased_until=None)
            batches.work_off(batch_id=str(batch.pk))

        assert set(batch.items.values_list("status", "error")) == {("failed", "platform_failed")}
        assert batches.running_batches() == []


@pytest.mark.slow
@pytest.mark.usefixtures("transactional_db")
class TestRemotePlatform:
    @pytest.fixture
    def theirs(self, live_server, settings, program):
        """The program on the platform's side; `program` is ours, which points at it."""
        theirs = ProgramFactory(code="their-club")
        save_api_user(org=theirs.org, user_name="bot", password="pass-word-1", now=LONG_AGO)
        remote.allow(settings, live_server.url)
        url = f"{live_server.url}/loyalty"
        remote.platform_row(program, url, org=theirs.org, program_code=theirs.code).save()
        return theirs

    @pytest.fixture
    def coupon(self, theirs):
        return CouponFactory(program=theirs, external_code="SUMMER20")

    def test_batch_is_worked_off_side_by_side(self, program, theirs, coupon):
        accounts = AccountFactory.create_batch(9, program=theirs)
        batch = started(program, coupon.id, [*(account.id for account in accounts), "nobody"])

        batches.work_off(batch_id=str(batch.pk))

        assert list(batch.items.order_by("place").values_list("status", "coupon_code", "error")) == [
            *[("succeeded", "SUMMER20", "")] * 9,
            ("failed", "", "ACCOUNT_NOT_FOUND"),
        ]
        assert {pair.assignments for pair in AccountCoupon.objects.all()} == {1}

    def test_batch_of_a_dead_process_asks_for_nothing_twice(self, program, theirs, coupon):
        done, undone, untouched = AccountFactory.create_batch(3, program=theirs)
        batch = started(program, coupon.id, [done.id, undone.id, untouched.id])
        assign_coupon(
            program=theirs,
            account_id=done.id,
            coupon_id=coupon.id,
            now=timezone.now(),
            reference=f"{batch.pk}/0",
        )
        CouponBatchItem.objects.exclude(account_id=untouched.id).update(started_at=timezone.now())

        batches.work_off(batch_id=str(batch.pk))

        assert set(batch.items.values_list("status", "coupon_code")) == {("succeeded", "SUMMER20")}
        assert {pair.account_id: pair.assignments for pair in AccountCoupon.objects.all()} == {
            done.id: 1,
            undone.id: 1,
            untouched.id: 1,
        }
