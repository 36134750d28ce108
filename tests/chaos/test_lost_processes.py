"""Workers and the database die in the midst of the load."""

import pytest

from chaos.report import line

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.mark.parametrize("fault", ["F01", "F02", "F09"])
def test_nothing_is_lost_doubled_or_overtaken(strike, fault):
    result = strike(fault)

    assert result.is_good, line(result)
    assert result.counts.accepted >= 900
    assert result.samples > 5
