"""One call in full: what is shown, what is hidden, who may see it all the same; and the list as a file."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.calls.models import ApiCall, Direction
from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Role
from tests.factories.engine import ProgramFactory
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db
NOW = timezone.now()
PERSON = {"attributes": [{"external_id": "a-1", "first_name": "Ada", "email": "ada@lovelace.example"}]}
SECRET = "cvc_abcdefghSECRETSECRETSECRET"


@pytest.fixture
def shown(logged, address):
    call = logged(
        at=NOW,
        direction=Direction.OUT,
        method="POST",
        path="/users/track",
        endpoint="users/track",
        status=201,
        request_body=json.dumps(PERSON | {"note": SECRET}).encode(),
        response_body=b'{"message": "success"}',
    )
    return f"{address}/activity/calls/{call.day:%Y%m%d}/{call.pk}"


def test_call_shows_both_bodies_with_personal_data_hidden(admin, shown):
    page = admin.get(shown).text

    assert "&quot;first_name&quot;: &quot;A•••&quot;" in page
    assert "&quot;message&quot;: &quot;success&quot;" in page
    assert "Ada" not in page
    assert "lovelace" not in page
    assert "SECRET" not in page


@pytest.mark.parametrize(
    ("path", "body", "key", "advice"),
    [
        ("members/a-1/bookings", {}, "wrong", "Send the whole key, as it was shown,"),
        ("members/a-1/bookings", {"points": 5}, None, "Compare the webhook or message in Braze"),
        ("members/a-1/bookings", "{", None, "Often a quote in a rendered value"),
    ],
)
def test_refused_call_to_us_says_what_to_do(admin, caller, address, path, body, key, advice):
    caller.post(path, body, key=key)
    (call,) = ApiCall.objects.filter(direction="in")

    assert advice in admin.get(f"{address}/activity/calls/{call.day:%Y%m%d}/{call.pk}").text
    assert advice in admin.get(address).text


def test_call_as_a_command_names_no_key(admin, shown, caller, address):
    caller.get("members/nobody's/profile")
    (inbound,) = ApiCall.objects.filter(direction="in")

    out = admin.get(shown).text
    into = admin.get(f"{address}/activity/calls/{inbound.day:%Y%m%d}/{inbound.pk}").text

    assert "curl -X POST https://REST_ENDPOINT/users/track" in out
    assert "Authorization: Bearer YOUR_KEY" in out
    assert "X-Convercus-Key: YOUR_KEY" in into
    assert f"cvc_{inbound.key_prefix}…" in into
    assert caller.key not in into


def test_reveal_shows_it_once_and_writes_it_down(admin, shown):
    answer = admin.post(f"{shown}/reveal", {"reason": "Complaint 4711"})

    assert "ada@lovelace.example" in answer.text
    assert "SECRET" not in answer.text, "what was never kept cannot be shown"
    assert answer["Cache-Control"] == "no-store, private"
    line = AuditEntry.objects.get(action="call.revealed")
    assert (line.actor, line.after["reason"]) == ("ada@example.org", "Complaint 4711")
    assert "lovelace" not in admin.get(shown).text


def test_admin_sees_who_has_looked_and_why(client, admin, program, shown):
    admin.post(f"{shown}/reveal", {"reason": "complaint 4711"})

    page = admin.get(shown).text
    viewer = sign_in(client, person(program=program, role=Role.VIEWER)).get(shown).text

    assert "Shown 1 time in this program within 90 days" in page
    assert "complaint 4711" in page
    assert "ada@example.org" in page
    assert "complaint 4711" not in viewer


@pytest.mark.parametrize("reason", ["", "  x  ", "    "])
def test_reveal_without_a_reason_shows_nothing(admin, shown, reason):
    answer = admin.post(f"{shown}/reveal", {"reason": reason})

    assert answer.status_code == 422
    assert "lovelace" not in answer.text
    assert not AuditEntry.objects.filter(action="call.revealed").exists()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_reveal_is_an_admins(client, program, shown, role):
    sign_in(client, person(program=program, role=role))

    assert "Ask one if you need it." in client.get(shown).text
    assert client.post(f"{shown}/reveal", {"reason": "Complaint 4711"}).status_code == 403
    assert not AuditEntry.objects.filter(action="call.revealed").exists()


@pytest.mark.parametrize("place", ["20261399/1", "0/1", "20260101/99999999999999999999", "99999999999/1", "20260101/1"])
def test_call_that_there_is_not(admin, address, place):
    assert admin.get(f"{address}/activity/calls/{place}").status_code == 404


def test_call_of_another_program(client, shown):
    other = ProgramFactory()
    sign_in(client, person(program=other))
    as_if_ours = shown.replace(shown.split("/")[2], other.code, 1)

    assert client.get(shown).status_code == 404
    assert client.get(as_if_ours).status_code == 404


def exported(answer):
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


def test_export_holds_the_filtered_list(client, program, address, logged):
    for number in range(1203):
        logged(at=NOW - timedelta(seconds=number // 2), account_id=f"a-{number}", status=404 if number % 3 else 200)
    sign_in(client, person(program=program, role=Role.VIEWER, email="vic@example.org"))

    answer = client.post(f"{address}/activity/export", {"status": "4xx"})
    found = exported(answer)

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert [row["Member"] for row in found] == [
        call.account_id for call in ApiCall.objects.filter(status=404).order_by("-at", "-id")
    ]
    line = AuditEntry.objects.get(action="calls.exported")
    assert (line.actor, line.after) == ("vic@example.org", {"filters": {"status": "4xx"}})


def test_export_is_masked_and_safe_in_a_spreadsheet(admin, address, logged):
    logged(at=NOW, account_id="=cmd()", status=400, error="400: ada@lovelace.example is unknown")

    (row,) = exported(admin.post(f"{address}/activity/export"))

    assert row["Member"] == "'=cmd()"
    assert row["Error"] == "400: a••• is unknown"


def test_export_of_bad_filters(admin, address):
    assert admin.post(f"{address}/activity/export", {"status": "x"}).status_code == 400
    assert admin.get(f"{address}/activity/export").url == f"{address}/activity"
    assert not AuditEntry.objects.exists()
