"""Which names a person may give to events and attributes of ours."""

import pytest
from django.core.exceptions import ValidationError

from integrations.braze.config import rename_pairs
from integrations.braze.renames import checked_renames


def test_lines_are_put_in_tidy_form():
    text = "  convercus_balance=balance \r\n\nconvercus_balance_changed =  balance"

    tidy = checked_renames(text)

    assert tidy == "convercus_balance = balance\nconvercus_balance_changed = balance"
    assert rename_pairs(tidy) == {"convercus_balance": "balance", "convercus_balance_changed": "balance"}


def test_new_name_may_hold_an_equals_sign():
    assert rename_pairs(checked_renames("convercus_balance = a = b")) == {"convercus_balance": "a = b"}


def test_nothing_is_renamed_by_nothing():
    assert checked_renames(" \n ") == ""
    assert rename_pairs("") == {}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("convercus_balance", "write it as"),
        ("convercus_weather = x", "no event or attribute"),
        ("email = mail", "no event or attribute"),
        ("convercus_balance = a\nconvercus_balance = b", "given a new one already"),
        ("convercus_balance =", "1 to 255 characters"),
        ("convercus_balance = $b", "1 to 255 characters"),
        (f"convercus_balance = {'x' * 256}", "1 to 255 characters"),
        ("convercus_balance = a\x00b", "1 to 255 characters"),
        ("convercus_balance = email", "keeps the new name"),
        ("convercus_account_transaction = ecommerce.order_placed", "begin with ecommerce"),
        ("convercus_account_transaction = eCommerce.bought", "begin with ecommerce"),
        ("convercus_balance = _merge_objects", "keeps the new name"),
        ("convercus_balance = convercus_user_id", "is taken"),
        ("convercus_balance = convercus_points", "is taken"),
        ("convercus_balance = x\nconvercus_user_id = x", "is taken"),
        ("convercus_balance_changed = convercus_user_created", "is taken"),
    ],
)
def test_name_that_cannot_be_is_refused(text, sentence):
    with pytest.raises(ValidationError, match=sentence):
        checked_renames(text)
