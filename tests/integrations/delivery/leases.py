"""Takes a lane as a worker does, begins a request with it, and lets its lease end."""

from datetime import timedelta

from django.utils import timezone

from integrations.connections.models import Connection
from integrations.delivery.claiming import claim_due
from integrations.delivery.lanes import NextRequest, begin_attempt
from integrations.delivery.models import Lane


def end_leases():
    Lane.objects.update(lease_until=timezone.now() - timedelta(seconds=1))


def begin(lane, sequences, profiles=()):
    generation = Connection.objects.get(pk=lane.connection_id).generation
    begin_attempt(lane, NextRequest(generation, sequences, profiles))


def claim_one(program):
    (lane,) = claim_due(limit=10, program_id=program.pk).lanes
    return lane
