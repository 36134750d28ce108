"""The viewer of the API's description, under the product's content security policy."""

import pytest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_description_is_shown(visit, scheme, width):
    page = visit(color_scheme=scheme, viewport={"width": width, "height": 800}).open("/loyalty/docs")

    page.get_by_role("heading", name="Loyalty API").wait_for(timeout=30_000)
    page.get_by_text("Book points", exact=True).first.wait_for()

    light = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert light == (scheme == "light")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_operation_opens_and_is_tried_out(visit):
    visitor = visit()
    page = visitor.open("/loyalty/docs#/Programs/getPrograms")

    page.get_by_role("button", name="Try it out").click(timeout=30_000)
    with page.expect_response("**/loyalty/programs") as waiting:
        page.get_by_role("button", name="Execute").click()

    assert waiting.value.status == 401
    # The browser tells of every answer that is none of 2xx.
    page.get_by_text("NOT_AUTHENTICATED").first.wait_for()
    assert "401" in visitor.trouble.pop()


def test_example_of_a_body_is_shown(visit):
    page = visit().open("/loyalty/docs#/Bookings/postAccountsAccountIdBookings")

    page.get_by_text("Birthday bonus").first.wait_for(timeout=30_000)
