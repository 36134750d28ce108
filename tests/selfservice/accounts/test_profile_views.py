"""What a person chooses for themselves: name, language, appearance, password, sessions."""

import pytest
from django.test import Client

from selfservice.accounts.models import PersonSession, User
from selfservice.audit.models import AuditEntry
from tests.factories.people import PASSWORD, person, sign_in

pytestmark = pytest.mark.django_db
NEW = "eleven blue umbrellas"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"


@pytest.fixture
def ada():
    return person(email="ada@example.org", name="Ada")


def enter(user, agent="", password=PASSWORD):
    client = Client(headers={"user-agent": agent})
    answer = client.post("/sign-in", {"username": user.email, "password": password})
    assert answer.status_code == 302
    return client


def is_in(client):
    return client.get("/programs").status_code == 200


def test_profile_is_saved_shown_and_told(client, ada):
    sign_in(client, ada)

    page = client.post("/profile", {"name": "Ada L.", "language": "de", "theme": "dark"}, follow=True)

    ada.refresh_from_db()
    assert (ada.name, ada.language, ada.theme) == ("Ada L.", "de", "dark")
    assert "Ihr Profil ist gespeichert." in page.text
    assert 'data-theme="dark" data-bs-theme="dark"' in page.text
    told = AuditEntry.objects.get()
    assert (told.action, told.before["theme"], told.after["theme"]) == ("user.changed", "system", "dark")
    client.post("/profile", {"name": "Ada L.", "language": "de", "theme": "dark"})
    assert AuditEntry.objects.count() == 1, "nothing has changed"


@pytest.mark.parametrize("fields", [{"theme": "pink"}, {"language": "tlh"}, {"name": "x" * 121}, {"name": "A\nB"}])
def test_bad_profile_is_refused(client, ada, fields):
    sign_in(client, ada)

    page = client.post("/profile", {"name": "Ada", "language": "", "theme": "system"} | fields)

    assert page.status_code == 422
    assert "Please check what you entered" in page.text


def test_own_language_goes_before_the_browsers_after_signing_in(ada):
    User.objects.update(language="de")

    client = enter(ada)

    assert '<html lang="de"' in client.get("/programs", headers={"accept-language": "en"}).text


def test_language_switch_is_kept_in_the_profile(client, ada):
    client.post("/language", {"language": "de"})
    sign_in(client, ada)
    client.post("/language", {"language": "de"})
    client.post("/language", {"language": "tlh"})

    ada.refresh_from_db()
    assert ada.language == "de"
    assert not AuditEntry.objects.exists()


def test_appearance_switch_is_kept_in_the_profile(client, ada):
    sign_in(client, ada)

    assert client.post("/profile/theme", {"theme": "dark"}).status_code == 204
    assert client.post("/profile/theme", {"theme": "pink"}).status_code == 400

    ada.refresh_from_db()
    assert ada.theme == "dark"


def test_new_password_keeps_this_session_and_ends_the_others(ada):
    here, elsewhere = enter(ada), enter(ada)
    fields = {"password": PASSWORD, "new_password1": NEW, "new_password2": NEW}

    wrong = here.post("/profile/password", fields | {"password": "wrong"})
    done = here.post("/profile/password", fields, follow=True)

    assert wrong.status_code == 422
    assert "This is not your password" in wrong.text
    assert "Your password is changed" in done.text
    assert is_in(here)
    assert not is_in(elsewhere)
    assert PersonSession.objects.filter(user=ada).count() == 1
    assert is_in(enter(ada, password=NEW))
    assert AuditEntry.objects.get().action == "user.password_set"


def test_sessions_are_told_apart(ada):
    here = enter(ada, FIREFOX)
    enter(ada, PHONE)

    page = here.get("/profile/sessions").text

    assert page.index("Firefox on Linux") < page.index("this one") < page.index("Safari on iOS")
    assert "127.0.0.1" in page
    assert not any(key in page for key in PersonSession.objects.values_list("session_key", flat=True))


def test_one_session_is_ended_and_then_all_others(ada):
    here, phone, others = enter(ada, FIREFOX), enter(ada, PHONE), [enter(ada), enter(ada)]
    page = here.get("/profile/sessions").text
    row = page[page.index("Safari on iOS") :]
    name = row[row.index('name="name" value="') + 19 :].partition('"')[0]

    here.post("/profile/sessions/end", {"name": name})
    assert [is_in(client) for client in (here, phone, *others)] == [True, False, True, True]
    here.post("/profile/sessions/end")

    assert [is_in(client) for client in (here, *others)] == [True, False, False]
    told = AuditEntry.objects.order_by("pk")
    assert [(entry.action, entry.after["count"]) for entry in told] == [("sessions.ended", 1), ("sessions.ended", 2)]
    assert here.get("/profile/sessions/end").url == "/profile/sessions"


def test_session_of_somebody_else_cannot_be_ended(ada):
    other = enter(person())
    here = enter(ada)
    page = other.get("/profile/sessions").text

    answer = here.post("/profile/sessions/end", {"name": "0" * 16}, follow=True)

    assert "nothing left to end" in answer.text
    assert "1</span>" in page
    assert is_in(other)


def test_person_was_seen(ada):
    assert ada.seen_at is None

    enter(ada)

    ada.refresh_from_db()
    assert ada.seen_at


def test_queries_do_not_grow_with_sessions(ada, django_assert_num_queries):
    here = enter(ada)
    # Session, person, sessions.
    with django_assert_num_queries(3):
        here.get("/profile/sessions")
    for _n in range(5):
        enter(ada)
    with django_assert_num_queries(3):
        here.get("/profile/sessions")
