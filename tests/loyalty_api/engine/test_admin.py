from datetime import UTC, date, datetime

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loyalty_api.engine import models
from loyalty_api.engine.coupon_models import CouponRedemption
from loyalty_api.engine.search_words import refresh_words
from selfservice.accounts.models import User as Person
from tests.factories.coupons import InteractionPointFactory, PartnerFactory, PromoCodeFactory, StoreFactory
from tests.factories.engine import AccountFactory, CouponFactory, LevelFactory, MembershipFactory

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
LEDGERS = ["booking", "levelbooking", "transaction", "couponredemption", "pointslock", "pointsexpiry"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client):
    client.force_login(
        Person.objects.create_superuser("op@example.org", "s3cret"), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def one_of_each(number):
    """A row of every table, in a program of its own."""
    membership = MembershipFactory()
    account, program = membership.account, membership.account.program
    coupon = CouponFactory(program=program)
    booking = models.Booking.objects.create(
        program=program, account=account, booking_type="EARNBOOKING", type_code="X", points=5, booked_at=NOW
    )
    models.PointsLock.objects.create(booking=booking, account=account, points=5, unlock_at=NOW)
    models.PointsExpiry.objects.create(
        account=account, points=5, due_date=date(2026, 3, 2), expires_at=NOW, warned_at=NOW
    )
    models.LevelBooking.objects.create(account=account, points=5, booked_at=NOW)
    models.Transaction.objects.create(
        program=program, account=account, transaction_type="EARNTRANSACTION", amount=5, currency="EUR",
        transaction_time=NOW, external_id=f"R-{number}", created_at=NOW,
    )  # fmt: skip
    CouponRedemption.objects.create(
        program=program, account=account, coupon=coupon, usage_type="REWARD", value=5, redeemed_at=NOW
    )
    models.AccountCoupon.objects.create(account=account, coupon=coupon)
    models.ProgramRules.objects.create(program=program)
    models.ApiUser.objects.create(org=program.org, user_name="till", password="hash-of-it", created_at=NOW)
    models.PushToken.objects.create(user=membership.user, digest=f"digest-{number}", created_at=NOW)
    models.FraudCase.objects.create(account=account, reason="CARD_MISUSE", created_at=NOW)
    models.Identifier.objects.create(
        program=program, account=account, type="CARDCODE", code=f"CARD{number}", created_at=NOW
    )
    store = StoreFactory(partner=PartnerFactory(program=program))
    InteractionPointFactory(program=program, partner=store.partner, store=store)
    LevelFactory(program=program)
    PromoCodeFactory(coupon=coupon)


def registered():
    return [model for model in admin.site._registry if model._meta.app_label == "engine"]


def address(model, page="changelist", *arguments):
    return reverse(f"admin:engine_{model._meta.model_name}_{page}", args=arguments)


def queries_of(client, url):
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
    assert answer.status_code == 200
    return len(captured)


@pytest.mark.parametrize("model", registered(), ids=lambda model: model._meta.model_name)
def test_changelist_needs_no_query_per_row(operator, model):
    one_of_each(0)
    queries_of(operator, address(model))
    few = queries_of(operator, address(model))
    for number in range(1, 5):
        one_of_each(number)

    many = queries_of(operator, address(model))

    assert model._base_manager.count() >= 5
    assert many == few


@pytest.mark.parametrize("model", registered(), ids=lambda model: model._meta.model_name)
def test_pages_can_be_searched_and_opened(operator, model):
    one_of_each(0)
    row = model._base_manager.first()

    assert operator.get(address(model), {"q": "anything at all"}).status_code == 200
    page = operator.get(address(model, "change", row.pk))

    assert page.status_code == 200
    assert "hash-of-it" not in page.content.decode()
    assert "digest-0" not in page.content.decode()


@pytest.mark.parametrize("name", LEDGERS)
def test_ledgers_cannot_be_written(operator, name):
    one_of_each(0)
    model = next(model for model in registered() if model._meta.model_name == name)
    row = model._base_manager.get()

    for page, arguments in (("add", ()), ("change", (row.pk,)), ("delete", (row.pk,))):
        assert operator.post(address(model, page, *arguments), {"points": 99}).status_code == 403

    assert model._base_manager.filter(pk=row.pk).exists()


def test_every_table_has_a_page():
    # A throttle's counters, revoked tokens, callers' names for their calls, the search's words and pictures by the byte
    # are nothing to look at, and what is counted stands on the pages of coupons and reports.
    inner = {"assignmentreference", "loginfailure", "revokedtoken", "searchword", "couponword", "receiptimage"}
    inner |= {"storedimage", "coupondelta", "coupondaycount", "couponmonthcount", "couponcount"}
    inner |= {"reportdelta", "reportdaycount", "reportmonthcount", "reportcount", "reportmoment", "reportoutlook"}
    tables = {model._meta.model_name for model in models.Account._meta.apps.get_app_config("engine").get_models()}

    assert tables - inner == {model._meta.model_name for model in registered()}


@pytest.mark.parametrize("term", ["rossi", "ada ros", "CARD0"])
def test_accounts_are_found_by_the_words_of_their_member(operator, term):
    one_of_each(0)
    account = models.Account.objects.get()
    refresh_words([account])
    other = AccountFactory()

    page = operator.get(address(models.Account), {"q": term}).content.decode()

    assert account.id in page
    assert other.id not in page


def test_coupons_are_paused_in_one_go(operator):
    coupons = CouponFactory.create_batch(2)
    chosen = {"action": "pause", "_selected_action": [coupon.pk for coupon in coupons]}

    answer = operator.post(address(models.Coupon), chosen, follow=True)

    assert "2 coupons are now PAUSED." in answer.content.decode()
    assert set(models.Coupon.objects.values_list("status", flat=True)) == {"PAUSED"}


def test_rules_are_saved_through_their_function(operator):
    one_of_each(0)
    rules = models.ProgramRules.objects.get()
    form = operator.get(address(models.ProgramRules, "change", rules.pk)).context["adminform"].form
    fields = {name: "" if value is None else value for name, value in form.initial.items() if name in form.fields}
    kept = {name: "[]" if value == [] else value for name, value in fields.items() if value is not False}

    answer = operator.post(
        address(models.ProgramRules, "change", rules.pk), kept | {"expiry_kind": "INACTIVITY", "expiry_months": 12}
    )

    assert answer.status_code == 302
    rules.refresh_from_db()
    assert (rules.expiry_kind, rules.expiry_months) == ("INACTIVITY", 12)
    assert rules.expiry_since is not None


def test_levels_change_by_their_factor_only(operator):
    level = LevelFactory(name="Gold", needed_status_points=1000)

    answer = operator.post(
        address(models.Level, "change", level.pk), {"factor": "1.5", "needed_status_points": "5", "name": "Other"}
    )

    level.refresh_from_db()
    assert answer.status_code == 302
    assert (str(level.factor), level.needed_status_points, level.name) == ("1.500", 1000, "Gold")
    assert operator.get(address(models.Level, "add")).status_code == 403


def test_rules_are_changed_and_never_deleted(operator):
    one_of_each(1)
    rules = models.ProgramRules.objects.get()

    answer = operator.post(address(models.ProgramRules, "delete", rules.pk), {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": rules.pk, "post": "yes"}
    operator.post(address(models.ProgramRules), chosen)

    assert answer.status_code == 403
    assert models.ProgramRules.objects.get() == rules
