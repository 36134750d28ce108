"""Opens every page of the list, one after the other, as a signed-in admin."""

import re
from urllib.parse import urlsplit

from django.test import Client

from tests.browser.pages import OPEN_PAGES, PAGES, REFUSED
from tests.factories.people import sign_in


def enter(visitor, admin, language):
    """Signed in without the form, which has tests of its own."""
    host = urlsplit(visitor.base).hostname
    session = sign_in(Client(), admin).cookies["sessionid"].value
    cookies = {"sessionid": session, "django_language": language}
    visitor.context.add_cookies([{"name": n, "value": v, "domain": host, "path": "/"} for n, v in cookies.items()])


def walk(visit, world, admin, *, language="en", **options):
    """Gives each page with its name. Without motion a page is at once what it shall be."""
    for pages, is_signed_in in ((OPEN_PAGES, False), (PAGES, True)):
        visitor = visit(locale=language, reduced_motion="reduce", **options)
        if is_signed_in:
            enter(visitor, admin, language)
        page = visitor.context.new_page()
        for name, path in pages.items():
            page.goto(visitor.base + path(world))
            yield name, page
            if name in REFUSED:
                # The browser tells of every answer that is none of 2xx.
                assert re.search(r"status of 4\d\d", visitor.trouble.pop())
