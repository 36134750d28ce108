"""A program's client."""

from loyalty_api.client.embedded import EmbeddedClient
from loyalty_api.client.models import LoyaltyPlatform, PlatformKind
from loyalty_api.client.protocol import LoyaltyClient
from loyalty_api.contract import PlatformUnavailable
from selfservice.programs.models import Program


def client_for(program: Program) -> LoyaltyClient:
    """Raises PlatformUnavailable for a remote platform: there is no client for one yet."""
    kind = LoyaltyPlatform.objects.filter(program=program).values_list("kind", flat=True).first()
    if kind == PlatformKind.REMOTE:
        raise PlatformUnavailable("remote platforms are not supported yet")
    return EmbeddedClient(program)
