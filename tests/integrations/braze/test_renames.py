"""Which names a person may give to events and attributes of ours."""

import pytest
from django.core.exceptions import ValidationError

from integrations.braze.config import rename_pairs
from integrations.braze.renames import checked_property_renames, checked_renames, clashes


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
        ("convercus_balance = convercus_purse", "begin with convercus_"),
    ],
)
def test_name_that_cannot_be_is_refused(text, sentence):
    with pytest.raises(ValidationError, match=sentence):
        checked_renames(text)


def test_problem_names_the_line_that_it_is_about():
    with pytest.raises(ValidationError) as caught:
        checked_renames("convercus_balance = email\nconvercus_user_id = person\nconvercus_points = ")

    assert [error.code for error in caught.value.error_list] == ["convercus_balance", "convercus_points"]


def test_properties_may_be_called_anything_that_is_free():
    assert checked_property_renames("convercus_old=old\nhat, red = hat") == "convercus_old = old\nhat, red = hat"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("shoe_size", "write it as"),
        (" = size", "old name must have"),
        (f"{'x' * 256} = size", "old name must have"),
        ("a = b\na = c", "given a new one already"),
        ("a = $b", "1 to 255 characters"),
        ("a = email", "keeps the new name"),
        ("a = b\nc = b", "is taken"),
        ("a = convercus_b", "begin with convercus_"),
    ],
)
def test_property_name_that_cannot_be_is_refused(text, sentence):
    with pytest.raises(ValidationError, match=sentence):
        checked_property_renames(text)


def test_property_under_the_name_of_an_attribute_of_ours_is_a_clash():
    found = clashes("convercus_status_level = tier", "rank = tier\nhat = cap")

    assert [(error.code, error.message) for error in found] == [("rank", "rank = tier: the new name is taken.")]
