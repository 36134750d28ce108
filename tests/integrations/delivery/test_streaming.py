"""Which connections an event is for: read along with the program, or by a statement of their own."""

import pytest
from django.db import connection as database

from integrations.delivery import streaming
from integrations.delivery.streaming import connections_of, remember_connections
from tests.factories.connection import connect_braze

pytestmark = pytest.mark.django_db


def asked(program):
    with database.cursor() as cursor:
        return connections_of(cursor, program)


def test_connections_are_asked_for_each_time(program, django_assert_num_queries):
    assert asked(program) == []
    found = connect_braze(program)

    with django_assert_num_queries(1):
        [streaming_to] = asked(program)

    assert (streaming_to.id, streaming_to.epoch, streaming_to.kind) == (found.pk, found.lane_epoch, "braze")
    assert streaming_to.config == found.config


def test_remembered_connections_count_for_a_moment_only(program, django_assert_num_queries, monkeypatch):
    remember_connections(program, '[[7, 1, "braze", {}]]')

    with django_assert_num_queries(0):
        assert [each.id for each in asked(program)] == [7]

    monkeypatch.setattr(streaming, "REMEMBERED_SECONDS", -1.0)
    assert asked(program) == []


def test_program_without_connections_is_remembered_too(program, django_assert_num_queries):
    remember_connections(program, None)

    with django_assert_num_queries(0):
        assert asked(program) == []
