"""The page of a program's people, and what is asked before something changes."""

import pytest
from django.core import mail

from selfservice.people.models import Invitation
from selfservice.programs.models import Membership, Role
from tests.factories.engine import ProgramFactory
from tests.factories.invitations import invited
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db
PAGE = "/programs/club/people"


@pytest.fixture
def program():
    return ProgramFactory(code="club", name="Bergblick Club", language="de")


@pytest.fixture
def admin(program):
    return person(program=program, email="boss@example.org", name="Bo Boss")


@pytest.fixture
def acting(client, admin):
    return sign_in(client, admin)


def invite(client, email="ada@example.org", role="editor"):
    return client.post(PAGE, {"email": email, "role": role}, follow=True)


def test_viewer_sees_the_people_and_nothing_to_do(client, program, admin):
    invited(program)
    sign_in(client, person(program=program, role=Role.VIEWER))

    page = client.get(PAGE).text

    assert "Bo Boss" in page
    assert "boss@example.org" in page
    for word in ("ada@example.org", "Change role", "Withdraw", "Send the invitation"):
        assert word not in page


def test_invitation_goes_out_in_the_programs_language(acting):
    page = invite(acting)

    (sent,) = mail.outbox
    assert sent.to == ["ada@example.org"]
    assert sent.subject == "Einladung zu Bergblick Club"
    assert "http://testserver/sign-in/invitation/" in sent.body
    assert "Ihre Rolle dort: Bearbeiter." in sent.body
    assert "on its way to ada@example.org" in page.text
    assert "valid until" in page.text


def test_invitation_is_worded_for_whom_it_reaches(acting):
    person(email="ada@example.org", language="en")

    invite(acting)

    assert mail.outbox[0].subject == "You are invited to Bergblick Club"


def test_mail_that_cannot_be_sent_leaves_an_invitation_to_send_again(acting, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    page = invite(acting)

    assert "could not be sent. The invitation is kept" in page.text
    assert "The mail server did not take it" in page.text
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    again = acting.post(f"/programs/club/invitations/{Invitation.objects.get().pk}/send", follow=True)
    assert "on its way" in again.text
    assert "Mail not sent" not in again.text
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"email": "", "role": "viewer"}, "Enter the mail address of whom you invite."),
        ({"email": "ada@", "role": "viewer"}, "no complete mail address"),
        ({"email": "ada@example.org", "role": "king"}, "Choose one of these roles."),
        ({"email": "boss@example.org", "role": "viewer"}, "has a role here already"),
    ],
)
def test_bad_invitation_is_refused_at_the_field(acting, fields, said):
    page = acting.post(PAGE, fields)

    assert page.status_code == 422
    assert page.text.count(said) == 2, "in the summary and at the field"
    assert mail.outbox == []


def test_revoking_asks_first(acting, program):
    issued = invited(program)
    address = f"/programs/club/invitations/{issued.invitation.pk}/revoke"

    asked = acting.get(address)
    done = acting.post(address, follow=True)
    late = acting.post(address, follow=True)

    assert "The link in the mail works no more" in asked.text
    assert "Its link works no more" in done.text
    assert "accepted or revoked by now" in late.text


def test_role_is_changed_and_withdrawn(acting, program):
    other = Membership.objects.get(user=person(program=program, role=Role.VIEWER, email="tom@example.org"))

    changed = acting.post(f"{PAGE}/{other.pk}/role", {"role": "editor"}, follow=True)
    asked = acting.get(f"{PAGE}/{other.pk}/withdraw")
    gone = acting.post(f"{PAGE}/{other.pk}/withdraw", follow=True)

    assert "The role of tom@example.org is now: Editor." in changed.text
    assert "tom@example.org (Editor) finds this program no more" in asked.text
    assert "tom@example.org has no role here any more." in gone.text
    assert Membership.objects.count() == 1


def test_last_admin_is_told_why_not(acting, admin):
    own = Membership.objects.get(user=admin)

    role = acting.post(f"{PAGE}/{own.pk}/role", {"role": "viewer", "confirmed": "on"})
    withdrawn = acting.post(f"{PAGE}/{own.pk}/withdraw", {"confirmed": "on"})

    assert (role.status_code, withdrawn.status_code) == (422, 422)
    assert "Make somebody else an admin first" in role.text
    assert "Make somebody else an admin first" in withdrawn.text


def test_leaving_a_program_leads_to_ones_programs(acting, program, admin):
    person(program=program)
    own = Membership.objects.get(user=admin)

    unsure = acting.post(f"{PAGE}/{own.pk}/withdraw")
    gone = acting.post(f"{PAGE}/{own.pk}/withdraw", {"confirmed": "on"})

    assert "Tick the box below" in unsure.text
    assert gone.url == "/programs"
    assert acting.get(PAGE).status_code == 404


def test_program_without_people_says_what_to_do(client, program):
    sign_in(client, person(is_operator=True))

    page = client.get(PAGE).text

    assert "Nobody has a role here yet" in page
    assert "/operator/accounts/user/" in page


def test_queries_do_not_grow_with_people(acting, program, django_assert_num_queries):
    for _number in range(3):
        person(program=program)
    acting.get(PAGE)

    # Session, person, program, role; count, people; invitations that are pending, and those that are over.
    with django_assert_num_queries(8):
        acting.get(PAGE)
    for number in range(20):
        person(program=program)
        invited(program, f"new-{number}@example.org")
    with django_assert_num_queries(8):
        acting.get(PAGE)
