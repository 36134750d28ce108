"""What is wrong with a block of Connected Content."""

import pytest

from integrations.braze.pasting.report import check_paste
from integrations.keys.models import DEFAULT_SCOPES
from integrations.keys.secret_keys import generate_key
from integrations.shown import KnownKey

DOORS = "https://club.example.org/v1/programs/club"
KEY = generate_key()
PLACE = "{{custom_attribute.${convercus_account_id} | url_param_escape}}"
HEADERS = f':headers {{"X-Convercus-Key": "{KEY}"}}'
SHOWN = "{% if member.member_id %}{{member.points_balance}}{% endif %}"


def block(*options, call="profile", shown=SHOWN):
    lines = [f"{{% connected_content {DOORS}/members/{PLACE}/{call}", *options, "%}"]
    return "\n".join(lines) + "\n" + shown


def findings(text):
    known = KnownKey("active", frozenset(DEFAULT_SCOPES))
    return check_paste(text, doors_url=DOORS, fields={}, key_of=lambda _raw: known).findings


@pytest.mark.parametrize(
    ("text", "line", "level", "sentence"),
    [
        (block(":save member"), 1, "error", "The key is missing"),
        (block(':headers {"Accept": "*/*"}', ":save member"), 2, "error", "The header X-Convercus-Key is missing"),
        (
            block(":headers {'X-Convercus-Key': 'cvc_'}", ":save member"),
            2,
            "error",
            "What follows :headers is no JSON.",
        ),
        (block(HEADERS, ":cache_max_age 60", ":save member"), 3, "warning", "Braze takes 300 to 14400 seconds"),
        (block(HEADERS, ":cache_max_age 20000", ":save member"), 3, "warning", "Braze takes 300 to 14400 seconds"),
        (block(HEADERS, ":method post", ":save member"), 3, "error", "is called with GET"),
        (block(HEADERS, ":retry", ":save member"), 3, "hint", "With :retry nothing is repeated"),
        (block(HEADERS, ":save member", shown="{{member.first_name}}"), 3, "error", "There is no branch"),
        (block(HEADERS, ":save member", shown=""), 3, "hint", "is not pasted"),
        (block(HEADERS, shown="{{connected.first_name}}"), 1, "error", "There is no branch"),
        (block(HEADERS, ":save member", call="bookings"), 1, "error", "is called with POST"),
    ],
)
def test_block_is_looked_over(text, line, level, sentence):
    told = [(finding.line, finding.level, finding.message) for finding in findings(text)]

    assert any(each[:2] == (line, level) and sentence in each[2] for each in told), told


@pytest.mark.parametrize("option", [":cache_max_age 300", ":cache_max_age 0", ":content_type application/json"])
def test_coupons_are_not_kept(option):
    text = block(
        HEADERS, option, ":save offers", call="coupons?lang=de", shown="{% if offers.coupons.size > 0 %}{% endif %}"
    )

    (finding,) = findings(text)

    assert "Braze keeps the coupons for at least five minutes" in finding.message


def test_coupons_without_a_language_are_english():
    shown = "{% if offers.coupons.size > 0 %}{% endif %}"

    (finding,) = findings(block(HEADERS, ":no_cache", ":save offers", call="coupons", shown=shown))

    assert (finding.level, finding.line) == ("hint", 1)


def test_stored_credentials_are_a_key_too():
    assert findings(block(":auth_credentials loyalty", ":save member")) == ()


def test_published_example_shows_its_faults():
    """With the addresses and the key of the page, and coupons that are kept."""
    text = """{% connected_content
  https://<SERVICE_HOST>/v1/programs/{programId}/members/{{custom_attribute.${convercus_account_id}}}/coupons?lang=en
  :headers { "X-Convercus-Key": "cvc_…" }
  :content_type application/json
  :cache_max_age 0
  :retry
  :save coupon_data
%}
{% for coupon in coupon_data.coupons %}{{coupon.title}}{% endfor %}"""

    told = {(finding.line, finding.level) for finding in findings(text)}

    assert {(2, "error"), (3, "warning"), (5, "warning"), (6, "hint")} <= told
