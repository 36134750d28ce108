"""Who may do what at each address of a program: one table, and everybody tries everything. An address without a row
fails, and so does a row without an address."""

import pytest
from django.test import Client

from selfservice.programs.models import Role
from tests.browser.world import build_world
from tests.factories.engine import ProgramFactory
from tests.factories.people import person, sign_in
from tests.meta import addresses

pytestmark = pytest.mark.django_db
VIEWER, EDITOR, ADMIN = Role.VIEWER, Role.EDITOR, Role.ADMIN
NOBODY = None
# The least role to look with GET, and to act with POST. NOBODY where there is nothing to look at, and everybody is led
# to the page it belongs to, or where the address takes no POST.
TABLE = {
    "cards:program": (VIEWER, NOBODY),
    "cards:first_steps": (VIEWER, NOBODY),
    "settings:basics": (VIEWER, ADMIN),
    "settings:places": (VIEWER, NOBODY),
    "settings:new_place": (ADMIN, ADMIN),
    "settings:place": (ADMIN, ADMIN),
    "settings:properties": (VIEWER, ADMIN),
    "settings:api_users": (VIEWER, ADMIN),
    "settings:api_user_password": (ADMIN, ADMIN),
    "settings:api_user_remove": (ADMIN, ADMIN),
    "settings:platform": (VIEWER, ADMIN),
    "settings:platform_switch": (ADMIN, ADMIN),
    "settings:platform_test": (NOBODY, EDITOR),
    "levels:levels": (VIEWER, NOBODY),
    "levels:new": (ADMIN, ADMIN),
    "levels:rules": (VIEWER, ADMIN),
    "levels:level": (ADMIN, ADMIN),
    "levels:remove": (ADMIN, ADMIN),
    "reports:reports": (VIEWER, NOBODY),
    "reports:report": (VIEWER, NOBODY),
    "reports:csv": (VIEWER, NOBODY),
    "cards:card": (VIEWER, NOBODY),
    "cards:connection": (VIEWER, ADMIN),
    "cards:history": (VIEWER, NOBODY),
    "cards:restore": (ADMIN, ADMIN),
    "cards:pause": (NOBODY, EDITOR),
    "cards:resume": (NOBODY, EDITOR),
    "cards:test": (NOBODY, EDITOR),
    "cards:ask_member": (NOBODY, EDITOR),
    "members:list": (VIEWER, NOBODY),
    "members:member": (VIEWER, NOBODY),
    "members:reveal": (NOBODY, ADMIN),
    "members:book": (EDITOR, EDITOR),
    "members:assign": (EDITOR, EDITOR),
    "members:optin": (EDITOR, EDITOR),
    "members:identifier": (NOBODY, EDITOR),
    "members:properties": (EDITOR, EDITOR),
    "members:erase": (ADMIN, ADMIN),
    "members:erase_again": (NOBODY, ADMIN),
    "members:export": (NOBODY, ADMIN),
    "members:lock": (ADMIN, ADMIN),
    "members:unlock": (NOBODY, ADMIN),
    "matrix:matrix": (VIEWER, ADMIN),
    "matrix:effect": (NOBODY, ADMIN),
    "matrix:member": (VIEWER, NOBODY),
    "matrix:tell": (EDITOR, EDITOR),
    "matrix:sample": (VIEWER, VIEWER),
    "onboarding:keys": (VIEWER, ADMIN),
    "onboarding:revoke": (ADMIN, ADMIN),
    "onboarding:rotate": (ADMIN, ADMIN),
    "onboarding:overlap": (ADMIN, ADMIN),
    "onboarding:snippets": (VIEWER, NOBODY),
    "onboarding:first_call": (VIEWER, ADMIN),
    "onboarding:arrivals": (VIEWER, NOBODY),
    "onboarding:check": (VIEWER, VIEWER),
    "activity:log": (VIEWER, NOBODY),
    "activity:live": (VIEWER, NOBODY),
    "activity:export": (NOBODY, VIEWER),
    "activity:story": (VIEWER, NOBODY),
    "activity:call": (VIEWER, NOBODY),
    "activity:reveal": (NOBODY, ADMIN),
    "activity:member": (VIEWER, NOBODY),
    "recovery:dead_letters": (VIEWER, NOBODY),
    "recovery:letters": (VIEWER, NOBODY),
    "recovery:letter": (VIEWER, NOBODY),
    "recovery:again": (NOBODY, EDITOR),
    "recovery:edit": (EDITOR, EDITOR),
    "recovery:jobs": (VIEWER, NOBODY),
    "recovery:plan": (VIEWER, EDITOR),
    "recovery:job": (VIEWER, NOBODY),
    "recovery:change": (NOBODY, EDITOR),
    "recovery:result": (VIEWER, NOBODY),
    "recovery:resync": (VIEWER, EDITOR),
    "insight:statistics": (VIEWER, NOBODY),
    "insight:csv": (VIEWER, NOBODY),
    "people:people": (VIEWER, ADMIN),
    "people:role": (ADMIN, ADMIN),
    "people:withdraw": (ADMIN, ADMIN),
    "people:send_again": (NOBODY, ADMIN),
    "people:revoke": (ADMIN, ADMIN),
    "alerts:alerts": (VIEWER, EDITOR),
    "alerts:people": (NOBODY, EDITOR),
    "alerts:address": (NOBODY, EDITOR),
    "alerts:ask": (NOBODY, EDITOR),
    "alerts:remove": (NOBODY, EDITOR),
    "alerts:test": (NOBODY, EDITOR),
    "trail:program": (ADMIN, NOBODY),
    "trail:program_export": (NOBODY, ADMIN),
    "coupons:list": (VIEWER, NOBODY),
    "coupons:new": (EDITOR, EDITOR),
    "coupons:coupon": (VIEWER, NOBODY),
    "coupons:edit": (EDITOR, EDITOR),
    "coupons:status": (NOBODY, EDITOR),
    "coupons:images": (EDITOR, EDITOR),
    "coupons:holders": (VIEWER, NOBODY),
    "coupons:held": (VIEWER, NOBODY),
}
ADDRESSES = {address.name: address for address in addresses.of_programs()}
RANKS = {VIEWER: 0, EDITOR: 1, ADMIN: 2}
# What must be given for an address to be more than a missing page.
QUERIES = {"insight:csv": "?period=24h"}
# Parts that name something of one program.
THINGS = {
    "prefix",
    "pk",
    "name",
    "number",
    "entry",
    "membership",
    "invitation",
    "api_user",
    "key",
    "level",
    "account",
    "erasure",
    "receiver",
    "coupon_id",
    "account_coupon_id",
}
FOUND_NOTHING, NOT_ALLOWED, NO_METHOD = 404, 403, 405
# How a method is answered that is for nobody.
NOT_TAKEN = {"GET": 302, "POST": NO_METHOD}


def samples(world):
    """What an address of this program may name, each of which exists."""
    dead = world.dead
    return {
        "kind": "braze",
        "table": "types",
        "event_type": "BALANCE_CHANGED",
        "account_id": "a-1",
        "account": world.account.pk,
        "erasure": world.erasure.pk,
        "prefix": world.key.prefix,
        "day": int(f"{world.call.day:%Y%m%d}"),
        "pk": world.call.pk,
        "name": f"{dead.day:%Y%m%d}-{dead.pk}",
        "number": world.job.pk,
        "entry": world.saved.pk,
        "membership": world.member.pk,
        "invitation": world.invited.invitation.pk,
        "api_user": world.api_user.pk,
        "what": "partner",
        "key": world.partner.pk,
        "level": world.level.slug,
        "report": "points",
        "coupon_id": world.coupon.pk,
        "account_coupon_id": world.held,
        "receiver": world.asked.receiver.pk,
    }


@pytest.fixture(scope="module")
def place(built_once):
    world = build_world(code="swept-club")
    return world.program, samples(world)


@pytest.fixture(scope="module")
def other(built_once):
    """Another program, whose things are named under the first one's code."""
    world = build_world(code="other-club")
    return world.program, samples(world)


def answer(client, method, name, program, things):
    path = ADDRESSES[name].path(program.code, things)
    return client.generic(method, path + QUERIES.get(name, "")).status_code


def expected(method, least, rank):
    """None where anything will do that is no refusal."""
    if least is NOBODY:
        return NOT_TAKEN[method]
    return None if rank >= RANKS[least] else NOT_ALLOWED


def test_table_has_a_row_for_each_address_and_no_other():
    assert set(TABLE) == set(ADDRESSES)


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("role", Role)
def test_s18_role_does_what_the_table_says_and_no_more(client, place, name, role):
    sign_in(client, person(program=place[0], role=role))

    for method, least in zip(("GET", "POST"), TABLE[name], strict=True):
        status, wanted = answer(client, method, name, *place), expected(method, least, RANKS[role])
        if wanted is None:
            assert status < 500, method
            assert status not in {401, NOT_ALLOWED, FOUND_NOTHING, NO_METHOD}, method
        else:
            assert status == wanted, method


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("who", ["another program's admin", "somebody without a role"])
def test_s18_whoever_has_no_role_here_finds_nothing(client, place, name, who):
    own = ProgramFactory() if who.startswith("another") else None
    sign_in(client, person(program=own))

    for method, least in zip(("GET", "POST"), TABLE[name], strict=True):
        wanted = NO_METHOD if (method, least) == ("POST", NOBODY) else FOUND_NOTHING
        assert answer(client, method, name, *place) == wanted


@pytest.mark.parametrize("name", ADDRESSES)
def test_s18_stranger_is_asked_to_sign_in(client, place, name):
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        assert answer(client, method, name, *place) == 302, method


@pytest.mark.parametrize("name", ADDRESSES)
def test_s18_operator_may_all_that_an_admin_may(client, place, name):
    sign_in(client, person(is_operator=True))

    for method, least in zip(("GET", "POST"), TABLE[name], strict=True):
        refusals = set() if least is NOBODY else {NOT_ALLOWED, FOUND_NOTHING, NO_METHOD}
        assert answer(client, method, name, *place) not in refusals


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_s18_no_other_method_is_taken(client, place, name, method):
    sign_in(client, person(program=place[0]))

    assert answer(client, method, name, *place) == NO_METHOD


@pytest.mark.parametrize("name", [name for name, found in ADDRESSES.items() if set(found.parts) & THINGS])
def test_s18_things_of_another_program_are_not_found_here(client, place, other, name):
    """The admin of a program names another program's key, batch or event."""
    sign_in(client, person(program=place[0]))

    for method, least in zip(("GET", "POST"), TABLE[name], strict=True):
        if least is not NOBODY:
            assert answer(client, method, name, place[0], other[1]) == FOUND_NOTHING, method


@pytest.mark.parametrize("name", ADDRESSES)
def test_s18_unknown_integration_is_not_found(client, place, name):
    if "kind" not in ADDRESSES[name].parts:
        return
    sign_in(client, person(program=place[0]))

    for method, least in zip(("GET", "POST"), TABLE[name], strict=True):
        if least is not NOBODY:
            assert answer(client, method, name, place[0], place[1] | {"kind": "pigeon"}) == FOUND_NOTHING


@pytest.mark.parametrize("name", [name for name, (_get, post) in TABLE.items() if post is not NOBODY])
def test_s40_form_of_another_site_is_refused(place, name):
    client = sign_in(Client(enforce_csrf_checks=True), person(program=place[0]))
    path = ADDRESSES[name].path(place[0].code, place[1])

    bare = client.post(path)
    forged = client.post(path, {"csrfmiddlewaretoken": "x" * 64}, headers={"Origin": "https://evil.example"})

    assert (bare.status_code, forged.status_code) == (403, 403)


@pytest.mark.parametrize("name", [name for name, (get, _post) in TABLE.items() if get is not NOBODY])
def test_s43_page_cannot_be_framed_or_kept(client, place, name):
    sign_in(client, person(program=place[0]))

    found = client.get(ADDRESSES[name].path(place[0].code, place[1]) + QUERIES.get(name, ""))

    assert found["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in found["Content-Security-Policy"]
    assert "no-store" in found["Cache-Control"]
