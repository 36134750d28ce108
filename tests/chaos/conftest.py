import pytest

from chaos.faults.table import BY_ID
from chaos.run import carry_out
from chaos.stage import QUICK_PACE
from chaos.staging import raised

EVENTS, RATE, SEED = 1_000, 250.0, 7


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """The product as real processes, for all faults of one module."""
    with raised(tmp_path_factory.mktemp("chaos"), pace=QUICK_PACE, programs=4) as raised_stage:
        yield raised_stage


@pytest.fixture
def strike(stage):
    """Carries a fault out under load, and gives what was counted."""
    return lambda fault: carry_out(stage, BY_ID[fault], events=EVENTS, rate=RATE, seed=SEED)
