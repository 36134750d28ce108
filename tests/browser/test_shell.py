"""Sign-in and the frame around every page."""

import pytest

from tests.factories.people import person

pytestmark = pytest.mark.django_db(transaction=True)


def theme(page):
    return page.evaluate("document.documentElement.dataset.bsTheme")


def test_theme_follows_the_system_until_one_chooses(visit):
    page = visit(color_scheme="dark").open("/sign-in")
    assert theme(page) == "dark"

    page.get_by_role("button", name="Dark appearance").click()
    assert theme(page) == "light"

    page.reload()
    assert theme(page) == "light"


def test_language_changes_and_stays(visit):
    page = visit().sign_in(person())

    page.get_by_role("button", name="Deutsch").click()
    page.get_by_role("heading", name="Programme", exact=True).wait_for()
    page.reload()

    assert page.locator("html").get_attribute("lang") == "de"


def test_sign_in_by_keyboard_alone(visit):
    someone = person()
    page = visit().open("/sign-in")

    page.get_by_label("Mail address").focus()
    page.keyboard.type(someone.email)
    page.keyboard.press("Tab")
    page.keyboard.type("seven green bicycles")
    page.keyboard.press("Enter")

    page.get_by_role("heading", name="Programs", exact=True).wait_for()


def test_error_summary_takes_the_focus(visit):
    page = visit().open("/sign-in")

    page.get_by_role("button", name="Sign in").click()

    page.get_by_text("Please check what you entered").wait_for()
    assert page.evaluate("document.activeElement.classList.contains('note-error')")
    page.get_by_role("link", name="Mail address").click()
    assert page.evaluate("document.activeElement.name") == "username"


def test_account_menu_closes_on_escape_and_signs_out(visit):
    page = visit().sign_in(person(name="Ada"))
    menu = page.get_by_label("Account of Ada")

    menu.click()
    page.keyboard.press("Escape")
    assert not page.get_by_role("button", name="Sign out").is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"

    menu.click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()


def test_skip_link_leads_to_the_content(visit):
    page = visit().sign_in(person())

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "content"


def test_operators_pages_break_no_policy(visit):
    page = visit().sign_in(person(is_operator=True), "/operator/")

    assert page.get_by_role("link", name="Audit").first.is_visible()
