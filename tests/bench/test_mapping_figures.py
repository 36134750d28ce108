"""What is measured must be the work: each load becomes requests, and the naive mapper does no less of it."""

import pytest

from bench.mapping_figures import EVENTS, LOADS, MEMBERS, map_all, map_naively
from integrations.braze.mapping.mapper import BrazeMapper
from integrations.spec import Mapped
from tests.factories.braze import braze_config


@pytest.mark.parametrize("name", LOADS)
def test_load_is_mapped_whole_and_without_notes(name):
    load = LOADS[name]()
    mapper = BrazeMapper(braze_config())

    results = [mapper.map_event(event) for event in load]

    assert len(load) == EVENTS
    assert len({event.account_id for event in load}) <= MEMBERS
    assert all(isinstance(result, Mapped) and not result.notes for result in results)
    assert any(result.attributes for result in results) == (name != "custom events")


@pytest.mark.parametrize("name", LOADS)
def test_naive_mapper_writes_about_as_much(name):
    load = LOADS[name]()[:1_000]

    assert 0.6 < map_naively(load) / map_all(load) < 1.4
