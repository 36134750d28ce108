import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.calls.redaction import MAX_BODY_CHARACTERS, redact, storable
from integrations.keys.secret_keys import generate_key


@given(st.text(max_size=50), st.text(max_size=50))
def test_our_key_never_survives(before, after):
    key = generate_key()

    shown = redact(f"{before} {key} {after}")

    assert key not in shown
    assert key[:12] + "…" in shown


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Bearer abcdef0123456789", "abcdef0123456789"),
        ("authorization: bearer abcdef0123456789", "abcdef0123456789"),
        ('{"api_key": "topsecret"}', "topsecret"),
        ('{"apiKey":"topsecret"}', "topsecret"),
        ('{"PASSWORD" : "topsecret"}', "topsecret"),
        ('{"token":"top\\"secret"}', "secret"),
        ('{"X-Convercus-Key":"topsecret"}', "topsecret"),
        ('{"pa\u017f\u017fword":"topsecret"}', "topsecret"),
        ('{"a": 1, "password": "cut off topsecr', "topsecr"),
    ],
)
def test_secret_is_taken_out_and_the_rest_stays(text, secret):
    shown = redact(text)

    assert secret not in shown
    assert "***" in shown


@pytest.mark.parametrize("text", ["", '{"account_id": "a-1"}', "cvc_short", "the bearer of this"])
def test_harmless_text_stays_as_it_is(text):
    assert redact(text) == text


def test_stored_body_is_cut():
    shown = storable(b"x" * (MAX_BODY_CHARACTERS + 1))

    assert shown == "x" * MAX_BODY_CHARACTERS + "…"
    assert storable(b"x" * MAX_BODY_CHARACTERS) == "x" * MAX_BODY_CHARACTERS


@pytest.mark.parametrize("overlap", range(1, 60, 7))
def test_secret_across_the_cut_is_taken_out_too(overlap):
    password = '"password": "' + "hunter2-" * 8 + '"'
    body = "x" * (MAX_BODY_CHARACTERS - overlap) + password

    assert "hunter2" not in storable(body.encode())


def test_stored_body_can_be_stored():
    assert storable(b"a\x00b") == "a\ufffdb"
    assert storable(b"\xff\xfe\x00") == "(3 bytes that are no text)"
