"""Those who send events repeat themselves and send poison."""

import pytest

from chaos.report import line

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.mark.parametrize("fault", ["F28", "F30"])
def test_nothing_is_lost_doubled_or_overtaken(strike, fault):
    result = strike(fault)

    assert result.is_good, line(result)
    assert result.counts.accepted >= 900
    assert result.samples > 5
