"""Event sinks that refuse, in the place of the product's intake: what a platform with a rule of its own looks like."""

from integrations.delivery.intake import accept
from loyalty_api.contract import LoyaltyError, PlatformUnavailable

COOWNERS = "tests.integrations.braze.sinks.refuse_coowners"
EVERYBODY = "tests.integrations.braze.sinks.refuse_everybody"


def refuse_coowners(*, program, events, source, along):
    if any(event.member_role == "COOWNER" for event in events):
        raise LoyaltyError("NOT_FOR_COOWNERS", "This member cannot be changed.")
    accept(program=program, events=events, source=source, along=along)


def refuse_everybody(*, program, events, source, along):
    raise PlatformUnavailable("the platform is away")
