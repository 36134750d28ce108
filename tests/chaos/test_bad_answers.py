"""Braze cuts, refuses single objects, and refuses the key."""

import pytest

from chaos.report import line

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.mark.parametrize("fault", ["F20", "F21", "F24"])
def test_nothing_is_lost_doubled_or_overtaken(strike, fault):
    result = strike(fault)

    assert result.is_good, line(result)
    assert result.counts.accepted >= 900
    assert result.samples > 5
