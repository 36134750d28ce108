"""S08: secrets of a kind that is found again go in at every door, and stand nowhere in the clear afterwards."""

import re
import uuid
from urllib.parse import urlsplit

import psycopg
import pytest
import requests

from tests.flows.product import Club, RemoteClub, Till, eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
PASSWORD = f"Canary-{uuid.uuid4()}"
FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@pytest.fixture
def person(product):
    """Signed in through the link of the command, with a password that is a canary."""
    made = product.manage("create_user", "canary@example.org", "--operator")
    session = requests.Session()
    link = product.url + urlsplit(made["sign_in_link"]).path
    token = FORM_TOKEN.search(session.get(link, timeout=10).text)[1]
    form = {"csrfmiddlewaretoken": token, "new_password1": PASSWORD, "new_password2": PASSWORD}
    assert session.post(link, data=form, timeout=10).ok
    return session


def files_with(folder, secrets):
    """Where a secret stands: everything that the database, the broker and our processes have written."""
    needles = [secret.encode() for secret in secrets]
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        # The stand-in for Braze has been told its key on purpose; the files of `generated` hold our own keys.
        if path.is_file() and path.name not in {"journal.jsonl", "braze.log"}
        if any(needle in path.read_bytes() for needle in needles)
    }


def use_everything(product, club):
    """Calls with keys where they belong and where they do not, and a Braze that quotes what it was given."""
    account_id = club.till.create_member(emailAddress="ada@example.org")
    booking = {"booking_type": "EARNBOOKING", "booking_type_code": "BDAY", "points": 5, "note": f"with {club.key}"}
    club.call("POST", f"/members/{account_id}/bookings", booking | {"password": PASSWORD})
    club.call("POST", f"/members/{account_id}/bookings?key={club.key}", booking, Idempotency_Key=club.key)
    club.call("GET", f"/members/{club.key}/profile?X-Convercus-Key={club.key}")
    club.call("GET", f"/members/{account_id}/profile", Authorization=f"Bearer {club.key}")
    requests.get(f"{product.url}/v1/programs/{club.key}/members/a/profile", timeout=10)
    eventually(lambda: product.profile(account_id), seconds=20, what="Braze knows the member")
    message = f"Invalid API key: braze-{club.code}, not {club.key}"
    fault = {"status": 401, "body": {"message": message}, "next": 100}
    assert requests.post(f"{product.braze}/_control", json=fault, timeout=10).ok
    club.till.book(account_id, 7)
    eventually(lambda: club.ledger()["waiting"], seconds=20, what="the connection is stopped")


def test_s08_no_secret_stands_in_the_clear(product, person, cutter, tmp_path_factory):
    club, remote = Club(product), RemoteClub(product)
    issued = product.manage("create_api_user", club.code, "canary-till")
    token = Till(product, club.code, issued).token
    use_everything(product, club)
    remote.call("GET", f"/members/{club.key}/profile")
    secrets = [club.key, remote.key, f"braze-{club.code}", issued["password"], remote.password, token, PASSWORD]

    pages = [
        person.get(f"{product.url}{path}", timeout=10)
        for path in (
            f"/programs/{club.code}",
            f"/programs/{club.code}/integrations/braze",
            f"/programs/{remote.code}/integrations/braze",
            "/operator/",
            "/operator/audit/auditentry/",
        )
    ]
    with psycopg.connect(product.database_url, autocommit=True) as database:
        database.execute("CHECKPOINT")

    assert [page.status_code for page in pages] == [200] * len(pages)
    told = [f"{page.text}{dict(page.headers)}{page.cookies.get_dict()}" for page in pages]
    assert not [secret[:12] for secret in secrets for text in told if secret in text]
    assert files_with(product.folder, secrets) == set()
    # What is looked for is written the way it is found.
    assert files_with(product.folder, [club.code]) != set()
