"""A program's client."""

from loyalty_api.client.embedded import EmbeddedClient
from loyalty_api.client.http.client import HttpClient
from loyalty_api.client.models import LoyaltyPlatform, PlatformKind
from loyalty_api.client.protocol import LoyaltyClient
from selfservice.programs.models import Program


def client_for(program: Program, *, budget_seconds: float | None = None) -> LoyaltyClient:
    """`budget_seconds` bounds each call of a remote platform; without it settings.LOYALTY_CALL_SECONDS does."""
    row = LoyaltyPlatform.objects.filter(program=program).first()
    if row is None or row.kind != PlatformKind.REMOTE:
        return EmbeddedClient(program)
    return HttpClient(program, row, budget_seconds=budget_seconds)
