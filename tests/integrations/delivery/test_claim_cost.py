"""What a claim costs does not depend on how many programs are configured, only on how many have something waiting."""

import re

import pytest
from django.db import connection as database

from integrations.connections.models import Connection
from integrations.delivery.claiming import claim_due
from integrations.delivery.models import LANES_PER_CONNECTION, Lane
from selfservice.programs.models import Program

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ACTIVE = 20


def configure(first, last):
    """Programs with a complete connection and all its lanes; those up to ACTIVE have something waiting."""
    programs = Program.objects.bulk_create([Program(code=f"p-{n}", name=f"P {n}") for n in range(first, last)])
    connections = Connection.objects.bulk_create(
        [Connection(program=program, kind="braze", is_complete=True) for program in programs]
    )
    lanes = [
        Lane(program=found.program, connection=found, number=number)
        for found in connections
        for number in range(LANES_PER_CONNECTION)
    ]
    Lane.objects.bulk_create(lanes)
    if first == 0:
        Lane.objects.filter(number__lt=4).update(accepted=1, due_at="2026-01-01T00:00:00Z")
    with database.cursor() as cursor:
        cursor.execute("ANALYZE lane")
        cursor.execute("ANALYZE connections_connection")


def pages_of_a_claim():
    """The pages that the claim reads, found or not, without changing a row for good."""
    with database.cursor() as cursor:
        statements = []
        with database.execute_wrapper(lambda run, sql, *rest: statements.append((sql, rest[0])) or run(sql, *rest)):
            cursor.execute("SAVEPOINT claim")
            assert len(claim_due(limit=64).lanes) == 64
            cursor.execute("ROLLBACK TO SAVEPOINT claim")
        (sql, values) = next(found for found in statements if "candidate" in found[0])
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", values)
        text = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("ROLLBACK TO SAVEPOINT claim")
    line = next(line for line in text.splitlines() if "Buffers:" in line)
    return sum(int(number) for number in re.findall(r"(?:hit|read)=(\d+)", line)), text


def test_claim_reads_as_much_with_500_programs_as_with_20():
    configure(0, ACTIVE)
    few, _text = pages_of_a_claim()

    configure(ACTIVE, 500)
    many, text = pages_of_a_claim()

    assert "Seq Scan on lane" not in text
    assert 0 < many <= 2 * few, text
