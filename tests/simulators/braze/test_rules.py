import pytest

from simulators.braze.rules import Rules, read_rules
from simulators.control import ControlError


def test_read_rules_changes_only_what_is_named():
    rules = read_rules({"errors": "codes", "blocked_ids": ["b", "a"], "disorder": 2}, Rules(array_length=100))

    assert rules == Rules(errors="codes", blocked_ids=frozenset("ab"), disorder=2.0, array_length=100)
    assert rules.shown()["blocked_ids"] == ["a", "b"]


def test_read_rules_of_null_brings_the_usual_ones_back():
    assert read_rules(None, Rules(queued=True, purchases=False)) == Rules()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ([], "'rules'"),
        ({"speed": 1}, "'speed'"),
        ({"errors": "numbers"}, "'errors'"),
        ({"errors": ["codes"]}, "'errors'"),
        ({"bulk_permission": "all"}, "'bulk_permission'"),
        ({"queued": 1}, "'queued'"),
        ({"purchases": None}, "'purchases'"),
        ({"array_length": 101}, "'array_length'"),
        ({"array_length": 2.5}, "'array_length'"),
        ({"array_length": True}, "'array_length'"),
        ({"disorder": -1}, "'disorder'"),
        ({"disorder": "long"}, "'disorder'"),
        ({"groups": "g"}, "'groups'"),
        ({"apps": [1]}, "'apps'"),
    ],
)
def test_read_rules_refuses_wrong_input_with_a_sentence(sent, words):
    with pytest.raises(ControlError) as caught:
        read_rules(sent, Rules())

    assert words in str(caught.value)
    assert str(caught.value).endswith(".")
