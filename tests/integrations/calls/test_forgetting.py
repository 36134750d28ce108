"""Of a body that tells of several members the erased one's objects go, and nobody else's."""

import json

import pytest

from integrations.calls.forgetting import REMOVED, without

ADA = {"external_id": "a-1", "first_name": "Ada"}
BY_ALIAS = {"user_alias": {"alias_name": "a-1", "alias_label": "id"}, "first_name": "Ada"}
GRACE = {"external_id": "a-11", "first_name": "Grace"}


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ({"attributes": [ADA, GRACE, BY_ALIAS]}, {"attributes": [REMOVED, GRACE, REMOVED]}),
        ({"account_id": "a-1", "name": "Ada"}, REMOVED),
        ([{"accountId": "a-1", "data": {"user": {"givenName": "Ada"}}}, 5], [REMOVED, 5]),
        ({"account_ids": ["a-1", "a-2"]}, {"account_ids": [REMOVED, "a-2"]}),
        ({"attributes": [GRACE]}, {"attributes": [GRACE]}),
    ],
)
def test_body_without_one_member(body, left):
    assert json.loads(without(json.dumps(body), ["a-1"])) == left


def test_body_that_was_cut_goes_whole():
    assert without('{"attributes": [{"external_id": "a-1", "first_na…', ["a-1"]) == REMOVED
    assert (
        without('{"attributes": [{"external_id": "b-2", "first_na…', ["a-1"])
        == '{"attributes": [{"external_id": "b-2", "first_na…'
    )
