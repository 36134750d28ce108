"""Whether the other system knows a member, by the identifier that events about the member carry."""

from django.utils.translation import gettext as _
from requests import Session

from integrations.connections.models import Connection
from integrations.connections.testing import ask_for_profile
from integrations.spec import Checked
from loyalty_api.client.factory import client_for
from loyalty_api.contract import LoyaltyError, PlatformUnavailable
from selfservice.audit.services import Actor

# Somebody waits for the page.
BUDGET_SECONDS = 3.0


def check_member(*, connection: Connection, account_id: str, session: Session, actor: Actor) -> Checked:
    """Of a connection whose system can be asked. Makes network calls; raises nothing that they do wrong."""
    client = client_for(connection.program, budget_seconds=BUDGET_SECONDS)
    try:
        events = client.state(account_id=account_id)
    except LoyaltyError:
        advice = _("This program has no member with the account ID “%(account)s”.") % {"account": account_id}
        return Checked(False, "member_not_found", advice)
    except PlatformUnavailable:
        return Checked(False, "platform_failed", _("The loyalty platform did not answer. Try again in a moment."))
    keys = [connection.spec.profile_key(event, connection.config) for event in events]
    profile = keys[0] if keys else account_id
    return ask_for_profile(connection=connection, account_id=account_id, profile=profile, session=session, actor=actor)
