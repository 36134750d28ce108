"""What the pages have to show: a program with one of everything."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from integrations.alerts.receivers import Asked
from integrations.calls.models import ApiCall
from integrations.connections.models import Connection
from integrations.delivery.models import DeliveryOutcome, Lane, ReplayJob, ReplayState, StoredEvent
from integrations.erasure.models import ProfileErasure
from integrations.keys.models import ApiKey
from loyalty_api.contract import BookingType
from loyalty_api.engine import images, report_counts, report_outlook
from loyalty_api.engine.identity import account_coupon_id
from loyalty_api.engine.models import Account, AccountCoupon, ApiUser, Coupon, InteractionPoint, Level, Partner, Store
from loyalty_api.engine.points import Origin, book_points
from loyalty_api.engine.search_words import refresh_words
from selfservice.audit.models import AuditEntry
from selfservice.people.invitations import Issued
from selfservice.programs.models import Membership, Program, Role
from tests.factories.alerts import alerted
from tests.factories.connection import connect_braze, key_for
from tests.factories.coupons import CouponRedemptionFactory, png
from tests.factories.engine import (
    AccountFactory,
    CouponFactory,
    IdentifierFactory,
    MembershipFactory,
    ProgramFactory,
    UserFactory,
)
from tests.factories.invitations import invited
from tests.factories.people import person

CODE = "club"
CARD = f"/programs/{CODE}/integrations/braze"
BODY = '{"account_id": "a-1", "email": "ada@example.org", "points": 120}'


@dataclass(frozen=True)
class World:
    """A connected program with a key, calls in both directions, and events that ended in each way: one call and one
    event that failed, the line of the audit trail about the connection, a replay that is over, and of each thing that a
    program is set up with one. Somebody has a role, somebody is invited, and an address is asked whether it wants
    alerts, of which one is open and one over. One account that holds a coupon, and the profile of an erased one that
    could not be deleted."""

    program: Program
    connection: Connection
    key: ApiKey
    call: ApiCall
    dead: DeliveryOutcome
    saved: AuditEntry
    job: ReplayJob
    member: Membership
    invited: Issued
    level: Level
    partner: Partner
    store: Store
    api_user: ApiUser
    account: Account
    erasure: ProfileErasure
    coupon: Coupon
    held: str
    asked: Asked


def build_world(*, text: str = "", code: str = CODE) -> World:
    """`text` stands in everything that others can write: names, reasons, answers, ids."""
    program = ProgramFactory(code=code, name=f"Bergblick Club {text}"[:120], timezone="Europe/Zurich")
    connection = connect_braze(program, apiKey=f"rest-key-of-{code}-0123456789")
    MembershipFactory(account=AccountFactory(program=program, id="a-1" if code == CODE else f"a-1-{code}"))
    key_for(program)
    program.api_keys.update(name=f"Canvas webhooks {text}"[:120])
    key = program.api_keys.get()
    calls = [
        _call(program, number, status, key.prefix, text)
        for number, status in enumerate((200, 201, 207, 400, 401, 429, 503, 0))
    ]
    outcomes = [
        _outcome(connection, number, state, text)
        for number, state in enumerate(("delivered", "delivered", "filtered", "dead"))
    ]
    Lane.objects.update_or_create(
        connection=connection,
        program=program,
        number=0,
        defaults={"accepted": 4, "delivered": 2, "filtered": 1, "dead": 1, "low_water": 5, "next_sequence": 5},
    )
    saved = AuditEntry.objects.filter(program=code, action="connection.saved").latest("pk")
    job = ReplayJob.objects.create(
        program=program, selection={"state": "dead"}, state=ReplayState.DONE, total=3, done=3
    )
    member = person(program=program, role=Role.EDITOR, email=f"mia@{code}.example", name=f"Mia {text}"[:120])
    issued = invited(program, f"ada@{code}.example")
    people = member.memberships.get(), issued
    set_up = _set_up(program, text)
    account = _add_member(program, text)
    report_counts.fold(now=timezone.now())
    report_outlook.look_ahead(now=timezone.now())
    rest = account, _erasure(connection, text), *_coupon(account, text), alerted(connection, f"ops@{code}.example")
    return World(program, connection, key, calls[3], outcomes[-1], saved, job, *people, *set_up, *rest)


def _set_up(program: Program, text: str) -> tuple[Level, Partner, Store, ApiUser]:
    name = f"Bahnhof {text}"[:120]
    Level.objects.create(program=program, slug="basic", name="Basic")
    level = Level.objects.create(program=program, slug=f"gold-{program.pk}", name=name, needed_status_points=1000)
    partner = Partner.objects.create(program=program, name=name)
    store = Store.objects.create(partner=partner, name=name, city=name)
    InteractionPoint.objects.create(program=program, code="till-7", partner=partner, store=store)
    program.custom_properties = [
        {"owner": owner, "name": f"x-{kind}", "label": f"{name} {kind}"[:120], "kind": kind}
        for owner, kind in (("user", "number"), ("account", "text"), ("coupon", "date"), ("coupon", "boolean"))
    ]
    program.save()
    user = ApiUser.objects.create(org=program.org, user_name=name, password="x", created_at=timezone.now())
    return level, partner, store, user


def _erasure(connection: Connection, text: str) -> ProfileErasure:
    now = timezone.now()
    asked = {"connection": connection, "account_id": (text or "a-9")[:128], "profile": "a-9"}
    return ProfileErasure.objects.create(**asked, state="failed", error=text[:500], due_at=now, created_at=now)


def _add_member(program: Program, text: str) -> Account:
    """At a level, with a card, a coupon and a booking."""
    user = UserFactory(org=program.org, given_name="Ada", family_name=text[:120] or "Rossi", phone="+41 79 1234567")
    account = MembershipFactory(
        account__program=program,
        account__id=f"member-of-{program.code}",
        account__status_points=380,
        account__custom_properties={"x-text": text or "T 7"},
        user=user,
    ).account
    IdentifierFactory(account=account, code="9900112233445566")
    CouponFactory(program=program, assignation_type="ALL", name=f"Coupon {text}"[:120])
    refresh_words([account])
    book_points(
        program=program,
        account_id=account.id,
        booking_type=BookingType.EARN,
        type_code="BASE",
        points=420,
        now=timezone.now(),
        origin=Origin(reason=text[:255] or "Welcome"),
    )
    return Account.objects.get(pk=account.pk)


def _coupon(account: Account, text: str) -> tuple[Coupon, str]:
    """With everything that a coupon may have, given to a member who redeemed it once."""
    now, program = timezone.now(), account.program
    image = images.path_of(images.store_image(program=program, content=png(), now=now))
    coupon = CouponFactory(
        program=program,
        name=f"Spring {text}"[:120],
        texts={"en": {"title": text or "20 % off"}, text or "de": {"title": "20 % weniger", "description": text}},
        external_code=text[:128],
        external_reference=text[:128],
        custom_properties={text or "colour": text or "green"},
        activatable=True,
        valid_from=now,
        images=[{"id": "1", "name": text[:200] or "Blossom", "tags": [text[:64] or "card"], "path": image}],
        image_url=image,
    )
    AccountCoupon.objects.create(
        account=account, coupon=coupon, assignments=1, assigned_at=now, is_activated=True, activated_at=now
    )
    CouponRedemptionFactory(coupon=coupon, account=account, interaction_id=text[:64], promo_code=text[:128])
    return coupon, account_coupon_id(coupon_id=coupon.id, account_id=account.id)


def _call(program: Program, number: int, status: int, prefix: str, text: str) -> ApiCall:
    is_incoming = bool(number % 2)
    at = timezone.now() - timedelta(minutes=number)
    return ApiCall.objects.create(
        day=at.date(),
        at=at,
        program_id=program.pk,
        kind="braze",
        direction="in" if is_incoming else "out",
        method="POST",
        path=f"/v1/programs/{CODE}/members/{text or 'a-1'}/bookings",
        endpoint="members/bookings" if is_incoming else "users/track",
        status=status,
        duration_ms=2**number,
        request_id=f"5f0f9a3e-0c59-4a3b-8f7e-0d9a6f2f1a1{number}",
        key_prefix=prefix if is_incoming else "",
        account_id=(text or "a-1")[:128],
        error=text or ("" if status < 400 else "validation_failed"),
        request_body=text or BODY,
        response_body=text or '{"message": "success"}',
    )


def _outcome(connection: Connection, number: int, state: str, text: str) -> DeliveryOutcome:
    now = timezone.now()
    event = StoredEvent.objects.create(
        day=now.date(),
        accepted_at=now,
        program_id=connection.program_id,
        event_id=(text or f"e-{number}")[:120] + str(number),
        type="BALANCE_CHANGED",
        occurred_at=now,
        account_id=(text or "a-1")[:128],
        source="test",
        data={"points": 420, "lockedPoints": 0, "statusPoints": 0, "delta": 5},
    )
    return DeliveryOutcome.objects.create(
        day=now.date(),
        at=now,
        program_id=connection.program_id,
        connection_id=connection.pk,
        lane_id=1,
        sequence=number + 1,
        stored_event_id=event.pk,
        event_day=now.date(),
        event_id=event.event_id,
        account_id=(text or "a-1")[:128],
        type="BALANCE_CHANGED",
        state=state,
        reason="" if state == "delivered" else text or "not_selected",
        is_maybe_twice=number == 1,
    )
