"""Workers and the database die in the midst of the load, Braze cuts, refuses single objects and the key, and those who
send events repeat themselves and send poison."""

import pytest

from chaos.report import line

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.mark.parametrize("fault", ["F01", "F02", "F09", "F20", "F21", "F24", "F28", "F30"])
def test_nothing_is_lost_doubled_or_overtaken(strike, fault):
    result = strike(fault)

    assert result.is_good, line(result)
    assert result.counts.accepted >= 900
    assert result.samples > 5
