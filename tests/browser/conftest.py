"""A headless Chromium that reads every page of the product as a person does."""

import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from tests.factories.people import PASSWORD
from tests.integrations.conftest import braze, braze_process

# Fixtures of the tests without a browser that these need too.
__all__ = ["braze", "braze_process"]

CHROMIUM = "/usr/bin/chromium"
# The rest keeps Chromium from calling home, which the tests would see as a request that leaves the host.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)
            if os.environ.get("SKIP_BROWSER") == "1":
                item.add_marker(pytest.mark.skip(reason="SKIP_BROWSER=1"))


@dataclass
class Visitor:
    """One person's browser, with everything in it that should not have happened."""

    context: object
    base: str
    trouble: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def open(self, path="/"):
        page = self.context.new_page()
        page.goto(self.base + path)
        return page

    def sign_in(self, person, path="/programs"):
        page = self.open(f"/sign-in?next={path}")
        page.get_by_label("Mail address").fill(person.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(self.base + path)
        return page

    def watch(self):
        self.context.on("console", lambda message: self._note(message.type, message.text))
        self.context.on("weberror", lambda error: self._note("error", str(error.error)))
        self.context.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))

    def _note(self, kind, text):
        if kind in {"error", "warning"}:
            self.trouble.append(text)


@pytest.fixture(scope="package")
def chromium():
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright runs an event loop in this thread, and Django would take our queries for a part of it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, live_server):
    """Opens browsers; afterwards none may have complained, nor asked another host."""
    visitors = []

    def open_browser(**options):
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, "locale": "en"} | options)
        context.set_default_timeout(10_000)
        visitor = Visitor(context, live_server.url)
        visitor.watch()
        visitors.append(visitor)
        return visitor

    yield open_browser
    for visitor in visitors:
        visitor.context.close()
        assert visitor.trouble == []
        assert visitor.hosts <= {urlsplit(live_server.url).netloc}
