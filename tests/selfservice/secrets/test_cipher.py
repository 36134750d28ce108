import base64
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfservice.secrets.cipher import CannotDecrypt, decrypt, encrypt

OLD, NEW, OTHER = (bytes([number]) * 32 for number in (1, 2, 3))


@given(st.text())
def test_what_was_encrypted_is_read_again(text):
    assert decrypt(encrypt(text, keys=[NEW]), keys=[NEW]) == text


def test_same_text_never_looks_the_same():
    first, second = encrypt("secret"), encrypt("secret")

    assert first != second
    assert "secret" not in first


def test_first_key_encrypts_and_every_key_decrypts():
    value = encrypt("secret", keys=[OLD])

    assert decrypt(value, keys=[NEW, OLD]) == "secret"
    assert decrypt(encrypt("secret", keys=[NEW, OLD]), keys=[NEW]) == "secret"


def test_missing_key_says_what_to_do():
    with pytest.raises(CannotDecrypt, match="FIELD_ENCRYPTION_KEYS") as raised:
        decrypt(encrypt("secret", keys=[OLD]), keys=[NEW, OTHER])

    assert "secret" not in str(raised.value).replace("stored secret", "")


@pytest.mark.parametrize("place", [0, 11, 12, 20, -1])
def test_changed_value_is_noticed(place):
    head, _, body = encrypt("a rather long secret", keys=[NEW]).rpartition(":")
    raw = bytearray(base64.urlsafe_b64decode(body))
    raw[place] ^= 1

    with pytest.raises(CannotDecrypt, match="changed outside"):
        decrypt(f"{head}:{base64.urlsafe_b64encode(bytes(raw)).decode()}", keys=[NEW])


@pytest.mark.parametrize(
    "change", [lambda v: "", lambda v: "plain", lambda v: v.replace("v1:", "v2:"), lambda v: v[:20]]
)
def test_value_of_another_form_is_noticed(change):
    with pytest.raises(CannotDecrypt):
        decrypt(change(encrypt("secret", keys=[NEW])), keys=[NEW])


@pytest.mark.parametrize("cut", [1, 2, 3, 17, 40])
def test_truncated_value_is_noticed(cut):
    value = encrypt("secret", keys=[NEW])

    with pytest.raises(CannotDecrypt):
        decrypt(value[:-cut], keys=[NEW])


def test_key_is_named_in_the_value_but_not_given_away():
    key = os.urandom(32)
    _version, key_id, _body = encrypt("secret", keys=[key]).split(":")

    assert len(key_id) == 8
    assert key_id not in key.hex()
