"""No symbol of ours is shown as it is."""

import re
from pathlib import Path

import pytest

from integrations.braze import checking, client, finding, sender
from integrations.frame.call_errors import SENTENCES, sentence_of

_RAISED = re.compile(r'(?:Unreachable|Retry|Stopped)\("([a-z_]+)"')
RAISED = {
    reason for module in (client, sender, finding) for reason in _RAISED.findall(Path(module.__file__).read_text())
}


@pytest.mark.parametrize("reason", sorted(RAISED | {*sender._STOPPING.values(), *checking._REFUSALS}))
def test_reason_of_a_failed_call_has_words(reason):
    assert reason in SENTENCES


def test_reasons_were_found():
    assert {"host_unknown", "unreachable", "address_not_allowed", "rate_limited"} <= RAISED


def test_status_is_named():
    assert "status 503" in sentence_of("status_503")
