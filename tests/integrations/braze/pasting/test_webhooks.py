"""What is wrong with a webhook, said of the line in which it stands."""

import pytest

from integrations.braze.pasting.report import check_paste
from integrations.keys.models import DEFAULT_SCOPES
from integrations.keys.secret_keys import generate_key
from integrations.shown import KnownKey

DOORS = "https://club.example.org/v1/programs/club"
ACCOUNT = "{{custom_attribute.${convercus_account_id} | json_escape}}"
PLACE = "{{custom_attribute.${convercus_account_id} | url_param_escape}}"
KEY = generate_key()
IDEMPOTENT = f"{{{{campaign.${{dispatch_id}}}}}}-{PLACE}-book"


WORKING = KnownKey("active", frozenset(DEFAULT_SCOPES))


def findings(text, *, known=WORKING):
    return check_paste(text, doors_url=DOORS, fields={}, key_of=lambda _raw: known).findings


def found(text, **options):
    return [(finding.line, finding.level, finding.message) for finding in findings(text, **options)]


def messages(text, **options):
    return " ".join(finding.message for finding in findings(text, **options))


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (f"{DOORS}/members/a-1/bookings?key=cvc_abcdefgh", "A key stands in the address"),
        (f"{DOORS}/members/a-1/bookings?api_key=hush", "A key stands in the address"),
        ("http://club.example.org/v1/programs/club/members/a-1/bookings", "begins with http"),
        ("https://other.example.org/v1/programs/club/members/a-1/bookings", "The host is “other.example.org”"),
        ("https://club.example.org:8443/v1/programs/club/members/a-1/bookings", "another port"),
        ("https://club.example.org/v1/programs/other/members/a-1/bookings", "names the program “other”"),
        ("https://club.example.org/programs/club/members/a-1/bookings", "does not begin with /v1/programs/"),
        (f"{DOORS}/members/a-1/booking", "There is no call at “/members/a-1/booking”"),
        (f"{DOORS}/members/a-1/bookings/", "The slash at the end leads nowhere."),
        (f"{DOORS}/campaigns/COUPON_ID/assign", "“COUPON_ID” still has to be replaced."),
        ("https://<SERVICE_HOST>/v1/programs/{programId}/subscriptions/email", "“<SERVICE_HOST>” still has"),
        (f"{DOORS}/members/{{{{custom_attribute.${{convercus_account_id}}}}}}/bookings", "breaks the address"),
        (f"{DOORS}/members/a-1/bookings?lang=de", "“lang” in the address means nothing"),
        (f"GET {DOORS}/members/a-1/bookings", "“Book points” is called with POST."),
    ],
)
def test_address_is_looked_over(address, sentence):
    assert sentence in messages(address)


@pytest.mark.parametrize("address", [f"POST {DOORS}/members/{PLACE}/bookings", f"{DOORS}/members/a/ledger?limit=5"])
def test_right_address_has_nothing_wrong(address):
    assert found(address) == []


def headers(**changes):
    given = {"X-Convercus-Key": KEY, "Content-Type": "application/json", "Idempotency-Key": IDEMPOTENT} | changes
    return "\n".join(f"{name}: {value}" for name, value in given.items() if value is not None)


@pytest.mark.parametrize(
    ("changes", "line", "level", "sentence"),
    [
        ({"X-Convercus-Key": None}, 2, "error", "The header X-Convercus-Key is missing"),
        ({"X-Convercus-Key": "cvc_…"}, 1, "warning", "The key is still a placeholder."),
        ({"X-Convercus-Key": f"Bearer {KEY}"}, 1, "error", "“Bearer” does not belong here."),
        ({"X-Convercus-Key": f'"{KEY}"'}, 1, "error", "The key stands in quotes."),
        ({"X-Convercus-Key": KEY[:-1]}, 1, "error", "This is no key"),
        ({"X-Convercus-Key": KEY[:-1] + ("A" if KEY[-1] != "A" else "B")}, 1, "error", "This is no key"),
        ({"Content-Type": None}, 2, "error", "The header Content-Type is missing"),
        ({"Content-Type": "text/plain"}, 2, "error", "Content-Type must be application/json."),
        ({"Content-Type": "application/json; charset=latin-1"}, 2, "error", "JSON is read as UTF-8."),
        ({"Idempotency-Key": None}, 2, "warning", "a call that Braze repeats may act twice"),
        ({"Idempotency-Key": "booking-1"}, 3, "error", "is the same for everybody"),
        ({"Idempotency-Key": "{{campaign.${dispatch_id}}}"}, 3, "warning", "does not name the member"),
        ({"Idempotency-Key": f"{PLACE}-book"}, 3, "warning", "does not name the dispatch"),
        ({"Idempotency-Key": ""}, 3, "error", "The header Idempotency-Key is empty"),
    ],
)
def test_headers_are_looked_over(changes, line, level, sentence):
    (finding,) = found(headers(**changes))

    assert finding[:2] == (line, level)
    assert sentence in finding[2]


def test_key_in_authorization_is_pointed_at():
    text = f"Authorization: Bearer {KEY}\nContent-Type: application/json\nIdempotency-Key: {IDEMPOTENT}"

    (finding,) = findings(text)

    assert (finding.line, finding.advice) == (
        1,
        "The key is not read from Authorization; name the header X-Convercus-Key.",
    )


@pytest.mark.parametrize(
    ("known", "sentence"),
    [
        (None, "This is no key of this program."),
        (KnownKey("revoked", frozenset(DEFAULT_SCOPES)), "This key was revoked."),
        (KnownKey("expired", frozenset(DEFAULT_SCOPES)), "This key has expired."),
        (KnownKey("active", frozenset({"profile"})), "it lacks “Book points”"),
    ],
)
def test_key_is_looked_up(known, sentence):
    text = f"POST {DOORS}/members/a-1/bookings\n{headers()}"

    assert sentence in messages(text, known=known)


def test_headers_as_an_object_are_read():
    text = f'{{"X-Convercus-Key": "{KEY}", "Content-Type": "text/plain"}}'

    assert "Content-Type must be application/json." in messages(text)


def test_dispatch_in_the_body_is_as_good_as_a_key():
    body = f'{{"account_id": "{ACCOUNT}", "status": "allowed", "dispatch_id": "{{{{campaign.${{dispatch_id}}}}}}"}}'

    assert found(headers(**{"Idempotency-Key": None}) + "\n\n" + body) == []


@pytest.mark.parametrize(
    ("body", "line", "level", "sentence"),
    [
        ('{\n"account_id": "{{custom_attribute.${convercus_account_id}}}"\n}', 2, "warning", "ends the text too early"),
        (f'{{\n"account_id": "{ACCOUNT}",\n"acount": "x"}}', 3, "error", "“acount” is no field of this call"),
        (f'{{"account_id": "{ACCOUNT}",\n}}', 2, "error", "This is no JSON from here on"),
        (f'{{"account_id": "{ACCOUNT}",\n"reason": "The "spring" sale"}}', 2, "error", "This is no JSON from here on"),
        (f'{{"account_id": “{ACCOUNT}”}}', 1, "error", "The quotes in this line are not straight ones."),
        ('{\n"account_id": ""\n}', 2, "error", "“account_id” is empty."),
        ('{"account_id": "a-1"}', 1, "warning", "The account ID is the same for everybody."),
        ("[1]", 1, "error", "The body has to be one JSON object"),
        ('{"account_id": "{{${user_id} | json_escape}}"}', 1, "warning", "the account ID is in another place"),
        (f'{{"account_id": "{ACCOUNT}", "status": "maybe"}}', 1, "error", "“status” takes one of: allowed, declined."),
        (f'{{"account_ids": "{ACCOUNT}"\n, "valid_to": "2027-01-01"}}', 1, "ok", ""),
        ('{"booking_type": "EARN", "booking_type_code": "B", "points": 1}', 1, "error", "takes one of: EARNBOOKING"),
        (
            '{"booking_type": "EARNBOOKING", "booking_type_code": "B", "points": 0.5}',
            1,
            "error",
            "a whole number from 1",
        ),
        ('{"booking_type": "EARNBOOKING", "points": 5}', 1, "error", "“booking_type_code” is missing."),
        (
            '{"booking_type": "EARNBOOKING", "booking_type_code": "B", "points": {{event_properties.${points}}}}',
            *(1, "warning", "stands outside of quotes"),
        ),
        (f'{{"account_id": "{ACCOUNT}", "key": "{KEY}"}}', 1, "error", "A key stands in the body"),
    ],
)
def test_body_is_looked_over(body, line, level, sentence):
    told = found(body)

    assert not sentence or any(each[:2] == (line, level) and sentence in each[2] for each in told), told


def test_misspelt_field_is_named():
    (finding,) = findings(f'{{"account_id": "{ACCOUNT}", "braze_campain_id": "x"}}')

    assert finding.advice == "Did you mean “braze_campaign_id”?"


def test_branches_in_a_body_are_no_error():
    body = (
        '{% if custom_attribute.${tier} == "gold" %}\n'
        f'{{"account_id": "{ACCOUNT}", "status": "allowed"}}\n'
        "{% else %}\n"
        f'{{"account_id": "{ACCOUNT}", "status": "declined"}}\n'
        "{% endif %}"
    )

    assert found(body) == []


@pytest.mark.parametrize(
    "text",
    [
        *("", " \n ", "{", "{{", "{%", "}}", "[", '"', "{" * 5_000, "{{" * 2_000, "\x00", "é: ü", "\ud800"),
        *("[" * 9_000, '{"points": ' + "9" * 9_000 + "}", '{"booking_type": [], "points": {}, "booking_type_code": 1}'),
        *("https://[", "POST https://a:b/v1/programs/x", "https://a:999999/", "{% connected_content"),
        *("{% connected_content https://[ :headers {[" + "[" * 9_000 + "} %}", '{"status": NaN, "account_id": 1e999}'),
        *(
            '{"a": "' + "{{a}}" * 3_500 + '"}',
            "{%" + "{{'" * 6_000,
            '{"' + '":1,"'.join(map(str, range(2_500))) + '":1}',
        ),
    ],
    ids=lambda text: text[:12],
)
def test_odd_texts_are_answered(text):
    assert isinstance(findings(text), tuple)


def test_no_message_repeats_a_key():
    text = f"POST {DOORS}/members/{KEY}/bookings?key={KEY}\n{headers()}\n\n" + f'{{"{KEY}": "{KEY}"}}'

    for finding in findings(text, known=None):
        assert KEY[4:] not in finding.advice
