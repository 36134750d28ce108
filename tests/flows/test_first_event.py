"""From an empty program to the first event in Braze, as a manager does it who has read nothing."""

import os
import uuid
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.flows.product import Product, Till, eventually

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(os.environ.get("SKIP_BROWSER") == "1", reason="SKIP_BROWSER=1"),
]
MOST_CLICKS = 12


class Hand:
    """Counts what a person clicks; typing is free."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.clicks = 0

    def click(self, role: str, name: str) -> None:
        self.clicks += 1
        self._page.get_by_role(role, name=name).first.click()

    def fill(self, field: str, text: str) -> None:
        self._page.locator(f"[name={field}]").fill(text)


def connect(hand: Hand, product: Product) -> None:
    for field in ("new_password1", "new_password2"):
        hand.fill(field, "nine quiet harbours")
    hand.click("button", "Save and sign in")
    hand.click("link", "Open Harbour Club")
    hand.click("link", "Connect Braze")
    hand.fill("apiKey", f"braze-{uuid.uuid4()}")
    hand.fill("apiEndpoint", product.braze)
    hand.click("checkbox", "newsletter")
    hand.click("button", "Save and start streaming")


def test_first_event_arrives_within_twelve_clicks(product: Product) -> None:
    code = f"club-{uuid.uuid4().hex[:8]}"
    product.manage("create_program", code, "--name", "Harbour Club", "--optin", "newsletter")
    invited = product.manage("create_user", f"{code}@example.org", "--role", f"{code}:admin")["sign_in_link"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_context(locale="en").new_page()
        page.set_default_timeout(20_000)
        page.goto(product.url + urlsplit(invited).path)
        hand = Hand(page)

        connect(hand, product)
        page.get_by_text("Saved. Loyalty events are streaming to Braze.").wait_for()
        till = Till(product, code, product.manage("create_api_user", code, "till"))
        account_id = till.create_member(emailAddress="ada@example.org")
        booking_id = till.book(account_id, 120)
        page.get_by_text("4 of 6 done").wait_for()

        assert hand.clicks <= MOST_CLICKS
        browser.close()
    event = eventually(
        lambda: product.braze_events(account_id, "convercus_balance_changed"), seconds=5, what="the booking's event"
    )[0]
    assert event["properties"]["booking_id"] == booking_id
