import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.keys.secret_keys import digest_of, generate_key, is_well_formed, prefix_of

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def test_generated_key_has_the_contracts_form():
    keys = {generate_key() for _ in range(100)}

    assert len(keys) == 100
    assert all(re.fullmatch(r"cvc_[A-Za-z0-9_-]{48}", key) and is_well_formed(key) for key in keys)


@given(st.integers(4, 51), st.sampled_from(ALPHABET))
def test_any_single_typo_is_noticed(place, letter):
    key = generate_key()
    typo = key[:place] + letter + key[place + 1 :]

    assert is_well_formed(typo) == (typo == key)


@given(st.integers(4, 50))
def test_swapped_neighbours_are_noticed(place):
    key = generate_key()
    swapped = key[:place] + key[place + 1] + key[place] + key[place + 2 :]

    assert is_well_formed(swapped) == (swapped == key)


@pytest.mark.parametrize(
    "raw",
    ["", "cvc_", "cvc_" + "A" * 48, "CVC_" + "A" * 48, "cvc_" + "=" * 48, "Bearer x", "ü" * 52, "cvc_" + "A" * 10_000],
)
def test_what_is_no_key_is_noticed(raw):
    assert not is_well_formed(raw)


@pytest.mark.parametrize("change", [str.upper, lambda key: key + "\n", lambda key: " " + key, lambda key: key[:-1]])
def test_changed_key_is_noticed(change):
    assert not is_well_formed(change(generate_key()))


def test_prefix_and_digest_belong_to_the_key():
    key = generate_key()

    assert prefix_of(key) == key[4:12]
    assert len(digest_of(key)) == 32
    assert digest_of(key) != digest_of(generate_key())
