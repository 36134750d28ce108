"""Coming in by an invitation, and with a second factor."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core import mail
from django.utils import timezone

from selfservice.accounts.models import SecondFactor, User
from selfservice.programs.access import role_in
from selfservice.programs.models import Role
from tests.factories.codes import code_at
from tests.factories.engine import ProgramFactory
from tests.factories.people import PASSWORD, person

pytestmark = pytest.mark.django_db(transaction=True)


def violations(page):
    return [each["id"] for each in Axe().run(page).response["violations"]]


def test_invitation_goes_from_the_form_to_the_program(visit):
    program = ProgramFactory(code="club", name="Bergblick Club")
    page = visit().sign_in(person(program=program), "/programs/club/people")

    page.get_by_label("Mail address").fill("ada@example.org")
    page.get_by_label("Editor:").check()
    page.get_by_role("button", name="Send the invitation").click()
    page.get_by_text("on its way to ada@example.org").wait_for()
    link = re.search(r"/sign-in/invitation/\S+", mail.outbox[0].body)[0]
    guest = visit().open(link)
    guest.get_by_label("Your name").fill("Ada")
    guest.get_by_label("New password").fill(PASSWORD)
    guest.get_by_label("The same password once more").fill(PASSWORD)
    guest.get_by_role("button", name="Accept and sign in").click()

    guest.get_by_text("Welcome to Bergblick Club. Your role: Editor.").wait_for()
    assert role_in(User.objects.get(email="ada@example.org"), program) == Role.EDITOR


def test_second_factor_by_keyboard(visit):
    ada = person()
    page = visit().sign_in(ada, "/profile/second-factor")

    page.get_by_label("Your password").focus()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("img", name="QR code for your app").wait_for()
    assert violations(page) == []
    factor = SecondFactor.objects.get()
    page.get_by_label("Code", exact=True).focus()
    page.keyboard.type(code_at(factor.secret, timezone.now()))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your recovery codes").wait_for()
    assert violations(page) == []
    code = page.get_by_label("Recovery codes", exact=True).inner_text().split()[0]

    other = visit().open("/sign-in")
    other.get_by_label("Mail address").fill(ada.email)
    other.get_by_label("Password").fill(PASSWORD)
    other.keyboard.press("Enter")
    other.get_by_role("heading", name="One more step").wait_for()
    assert violations(other) == []
    other.keyboard.press("Tab")
    other.get_by_label("Code").fill(code)
    other.keyboard.press("Enter")
    other.get_by_role("heading", name="Programs", exact=True).wait_for()


def test_appearance_goes_along_to_another_browser(visit):
    ada = person()
    page = visit(color_scheme="light").sign_in(ada)

    with page.expect_response(lambda answer: answer.url.endswith("/profile/theme")):
        page.get_by_role("button", name="Dark appearance").click()
    other = visit(color_scheme="light").sign_in(ada)

    assert other.evaluate("document.documentElement.dataset.bsTheme") == "dark"
