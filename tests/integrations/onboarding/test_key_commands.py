import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from integrations.keys.models import ApiKey
from tests.factories.connection import key_for

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = StringIO()
    call_command(*arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_issue_key_takes_scopes_a_last_day_and_networks(program):
    found = run(
        *("issue_key", program.code, "--name", "Till", "--scope", "events", "--expires", "2999-12-31"),
        *("--allow-ip", "203.0.113.0/24", "--allow-ip", "2001:db8::1"),
    )

    key = ApiKey.objects.get(prefix=found["prefix"])
    assert (key.scopes, key.allowed_networks) == (["events"], ["203.0.113.0/24", "2001:db8::1/128"])
    assert key.expires_at.year == 2999


@pytest.mark.parametrize("text", ["2999-06-30", "2999-06-30T23:59:59.999999"])
def test_last_day_is_one_of_the_program(program, text):
    program.timezone = "Europe/Berlin"
    program.save()

    run("issue_key", program.code, "--name", "Till", "--expires", text)

    assert ApiKey.objects.get().expires_at.isoformat() == "2999-06-30T21:59:59.999999+00:00"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("::ffff:203.0.113.7", "203.0.113.7/32"),
        ("::ffff:203.0.113.0/120", "203.0.113.0/24"),
        ("::ffff:0:0/90", "::ffc0:0:0/90"),
    ],
)
def test_ipv4_inside_ipv6_is_kept_as_callers_come(program, given, kept):
    run("issue_key", program.code, "--name", "Till", "--allow-ip", given)

    assert ApiKey.objects.get().allowed_networks == [kept]


@pytest.mark.parametrize(
    ("option", "text"), [("--expires", "soon"), ("--expires", "2020-01-01"), ("--allow-ip", "office")]
)
def test_issue_key_says_what_is_wrong(program, option, text):
    with pytest.raises(CommandError):
        run("issue_key", program.code, "--name", "Till", option, text)

    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    ("overlap", "hours"), [("24h", 24), ("90m", 1.5), ("7d", 168), ("30d", 720), ("0", 0), ("0h", 0)]
)
def test_rotate_key_lets_both_work_for_the_overlap(program, overlap, hours):
    old = key_for(program)

    found = run("rotate_key", old[4:12], "--overlap", overlap)

    ends_at = ApiKey.objects.get(prefix=old[4:12]).expires_at
    assert abs(ends_at - timezone.now() - timedelta(hours=hours)) < timedelta(minutes=1)
    assert found["key"][4:12] == found["prefix"] != old[4:12]
    assert (found["program"], found["replaces"]) == (program.code, old[4:12])


def test_rotate_key_takes_a_day_unless_told(program):
    old = key_for(program)

    run("rotate_key", f"cvc_{old[4:12]}…")

    left = ApiKey.objects.get(prefix=old[4:12]).expires_at - timezone.now()
    assert timedelta(hours=23) < left <= timedelta(hours=24)


@pytest.mark.parametrize("overlap", ["31d", "721h", "-1h", "soon", "24", "1w", "999999d"])
def test_rotate_key_refuses_another_overlap(program, overlap):
    old = key_for(program)

    with pytest.raises(CommandError):
        run("rotate_key", old[4:12], f"--overlap={overlap}")

    assert ApiKey.objects.get().expires_at is None


def test_rotate_key_shows_the_new_key_once_and_in_plain_words(program):
    old, out = key_for(program), StringIO()

    call_command("rotate_key", old[4:12], stdout=out)

    raw, sentence = out.getvalue().splitlines()
    assert raw.startswith("cvc_")
    assert sentence.startswith(f"Shown this once. cvc_{old[4:12]}… works until ")


@pytest.mark.parametrize("command", ["rotate_key", "revoke_key"])
def test_unknown_prefix_is_said(command):
    with pytest.raises(CommandError, match="no key with the prefix “AAAAAAAA”"):
        run(command, "AAAAAAAA")


def test_key_that_is_revoked_is_not_rotated(program):
    old = key_for(program)
    run("revoke_key", old[4:12])

    with pytest.raises(CommandError, match="does not work any more"):
        run("rotate_key", old[4:12])
