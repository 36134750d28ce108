"""Who is let in before whom, and what is said to who is turned away before a request begins."""

import pytest
from django.utils.translation import override

from integrations.inbound.shedding import lane_of, turn_away
from integrations.keys.secret_keys import generate_key
from integrations.keys.services import revoke_key
from selfservice.middleware.admission import STRANGERS
from tests.factories.connection import ACTOR, key_for
from tests.factories.engine import ProgramFactory

pytestmark = pytest.mark.django_db


def lane(code, key):
    return lane_of({"PATH_INFO": f"/v1/programs/{code}/members/a-1/profile", "HTTP_X_CONVERCUS_KEY": key})


def test_only_a_key_that_was_accepted_for_the_program_has_its_lane(caller):
    code, before = caller.program.code, lane(caller.program.code, caller.key)
    assert caller.get("members/a-1/profile").status_code == 200

    assert before == STRANGERS
    assert lane(code, caller.key) == code
    assert lane(ProgramFactory().code, caller.key) == STRANGERS
    assert lane(code, generate_key()) == STRANGERS
    assert lane(code, "") == STRANGERS
    assert lane("made-up", caller.key) == STRANGERS
    assert lane("", caller.key) == STRANGERS


def test_call_that_is_refused_gets_no_lane_and_a_revoked_key_loses_it(caller):
    wrong = key_for(ProgramFactory())
    assert caller.get("members/a-1/profile", key=wrong).status_code == 401
    assert caller.get("members/a-1/profile").status_code == 200
    revoke_key(prefix=caller.key[4:12], actor=ACTOR)
    assert caller.get("members/a-1/profile").status_code == 401

    assert lane(caller.program.code, wrong) == STRANGERS
    assert lane(caller.program.code, caller.key) == STRANGERS


def test_pages_and_tills_share_a_lane():
    assert {lane_of({"PATH_INFO": path}) for path in ("/", "/sign-in", "/loyalty/accounts")} == {""}


@pytest.mark.parametrize(("asked", "is_english"), [("de-AT,en;q=0.5", False), ("", True), ("fr", True), ("*", True)])
def test_who_is_turned_away_reads_its_own_language_and_not_that_of_the_last_request(asked, is_english):
    told = []
    environ = {"PATH_INFO": "/sign-in", "REQUEST_METHOD": "GET", "HTTP_ACCEPT_LANGUAGE": asked}

    with override("de" if is_english else "en"):
        (body,) = turn_away(environ, lambda status, headers: told.append(status))

    assert told == ["503 Service Unavailable"]
    assert body.decode().startswith("Too much") == is_english
