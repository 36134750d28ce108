"""The loyalty platform of a program: embedded or remote, switched knowingly, tried out over real HTTP."""

import pytest
from django.utils import timezone

from loyalty_api.client.models import LoyaltyPlatform
from loyalty_api.client.provisioning import Platform, provision_program
from loyalty_api.engine import logins
from selfservice.audit.models import AuditEntry
from selfservice.audit.services import COMMAND_LINE
from selfservice.programs.models import Program
from selfservice.secrets.secret import Secret
from tests.factories.people import person, sign_in
from tests.loyalty_api.client.remote import allow
from tests.loyalty_api.pages.forms import seen_in

PAGE = "/programs/club/settings/platform"
PASSWORD = "s3cret-word"
REMOTE = {"url": "https://api.example.org", "org": "acme", "user_name": "bot", "password": PASSWORD}


def make_program(url=""):
    platform = Platform(url=url, org="acme", user_name="bot", password=Secret(PASSWORD)) if url else None
    return provision_program(code="club", name="Club", org="acme", actor=COMMAND_LINE, platform=platform)


def admin_of(client, program):
    return sign_in(client, person(program=program))


def kind():
    return LoyaltyPlatform.objects.get(program__code="club").kind


@pytest.mark.django_db
def test_switching_says_what_it_means_and_asks(client):
    admin = admin_of(client, make_program())
    assert "kept here" in admin.get(PAGE).text

    asked = admin.get(f"{PAGE}/switch")
    assert "they are not taken along" in asked.text
    assert admin.post(f"{PAGE}/switch", REMOTE).status_code == 422
    assert kind() == "embedded"
    assert admin.post(f"{PAGE}/switch", REMOTE | {"is_meant": "on"}).status_code == 302
    assert kind() == "remote"

    assert "which knows none of the members" in admin.get(f"{PAGE}/switch").text
    admin.post(f"{PAGE}/switch", {"is_meant": "on"})
    row = LoyaltyPlatform.objects.get()
    assert (row.kind, row.url, row.password) == ("embedded", "", "")


@pytest.mark.django_db
def test_password_is_never_shown_and_kept_when_left_empty(client):
    admin = admin_of(client, make_program("https://api.example.org"))
    page = admin.get(PAGE)

    answer = admin.post(PAGE, REMOTE | {"password": "", "user_name": "robot", "seen": seen_in(page)})

    assert answer.status_code == 302
    row = LoyaltyPlatform.objects.get()
    assert (row.user_name, row.password) == ("robot", PASSWORD)
    assert "fingerprint" in page.text
    assert PASSWORD not in page.text
    assert all(PASSWORD not in str(entry.after) for entry in AuditEntry.objects.all())


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "value"), [("url", "ftp://x"), ("url", ""), ("org", ""), ("user_name", "")])
def test_mistakes_stand_at_their_field(client, field, value):
    admin = admin_of(client, make_program("https://api.example.org"))

    answer = admin.post(PAGE, REMOTE | {field: value})

    assert answer.status_code == 422
    assert f'id="id_{field}-error"' in answer.text
    assert LoyaltyPlatform.objects.get().url == "https://api.example.org"


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["https://elsewhere.example.org", "https://api.example.org:8443/v1"])
def test_another_host_is_not_sent_the_stored_password(client, url):
    admin = admin_of(client, make_program("https://api.example.org/v1"))
    seen = seen_in(admin.get(PAGE))

    refused = admin.post(PAGE, REMOTE | {"url": url, "password": "", "seen": seen})

    assert refused.status_code == 422
    assert 'id="id_password-error"' in refused.text
    assert LoyaltyPlatform.objects.get().url == "https://api.example.org/v1"
    assert admin.post(PAGE, REMOTE | {"url": url, "seen": seen_in(refused)}).status_code == 302
    assert LoyaltyPlatform.objects.get().url == url


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://bot:pa55@api.example.org", "Leave user and password out"),
        ("https://api.example.org/x?k=v", "ends with a path"),
        ("https://api.example.org/x#f", "ends with a path"),
        ("http://api.example.org", "must begin with https://"),
        ("https://", "begins with https://"),
        ("https://api.example.org:soup", "begins with https://"),
    ],
)
def test_address_that_tells_too_much_is_not_kept(client, url, said):
    admin = admin_of(client, make_program("https://api.example.org"))

    answer = admin.post(PAGE, REMOTE | {"url": url, "seen": seen_in(admin.get(PAGE))})

    assert answer.status_code == 422
    assert said in answer.text
    assert "pa55" not in str([entry.after for entry in AuditEntry.objects.all()])


@pytest.mark.django_db
def test_later_save_is_told_what_is_new(client):
    admin = admin_of(client, make_program("https://api.example.org"))
    seen = seen_in(admin.get(PAGE))
    make_program("https://other.example.org")

    answer = admin.post(PAGE, REMOTE | {"seen": seen})

    assert answer.status_code == 409
    assert "https://other.example.org</ins>" in answer.text
    assert LoyaltyPlatform.objects.get().url == "https://other.example.org"


@pytest.mark.django_db
def test_test_of_an_address_that_may_not_be_called(client):
    admin = admin_of(client, make_program("https://127.0.0.1:1"))

    admin.post(f"{PAGE}/test")
    admin.post(f"{PAGE}/test")

    entry = AuditEntry.objects.get(action="loyalty_platform.tested")
    assert entry.after["reason"] == "not_sent"
    assert "OUTBOUND_ALLOW" in admin.get(PAGE).text


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("user", "code", "path", "reason"),
    [
        ("bot", "club", "/loyalty", "ok"),
        ("nobody", "club", "/loyalty", "login_refused"),
        ("bot", "no-such-program", "/loyalty", "program_unknown"),
        ("bot", "club", "/nowhere", "login_404"),
    ],
)
def test_test_asks_the_platform(client, live_server, settings, user, code, path, reason):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    allow(settings, live_server.url)
    platform = Platform(
        url=live_server.url + path, org="acme", user_name=user, password=Secret(PASSWORD), program_code=code
    )
    program = provision_program(code="club", name="Club", org="acme", actor=COMMAND_LINE, platform=platform)
    logins.save_api_user(org="acme", user_name="bot", password=PASSWORD, now=timezone.now())
    admin = admin_of(client, Program.objects.get())

    assert admin.post(f"{PAGE}/test").url == f"{PAGE}#test"

    entry = AuditEntry.objects.get(action="loyalty_platform.tested", program=program.code)
    assert entry.after["reason"] == reason
    page = admin.get(PAGE).text
    assert ("note-success" in page) == (reason == "ok")
