"""Takes out what delivery knows of a member who is erased. What was counted stays counted: the events keep their places
and their ids, and nothing of what they told is left to be shown or sent."""

from dataclasses import dataclass
from datetime import UTC, datetime

from integrations.connections.models import Connection
from integrations.delivery.event_form import ERASED
from integrations.delivery.models import DeliveryOutcome, EventEdit, LastSent, StoredEvent, UserAccount
from loyalty_api.contract import LoyaltyEvent, MemberMarks
from selfservice.programs.models import Program


@dataclass(frozen=True, slots=True)
class Told:
    """Where the call log may speak of the member beside the calls that name the account: the requests that carried
    its events, and the moments at which others told us of it."""

    request_ids: tuple[str, ...]
    moments: tuple[datetime, ...]


def forget_events(*, program: Program, marks: MemberMarks) -> Told:
    """In the caller's transaction. What waits in a lane ends as not sent when its turn comes; who is sending at this
    moment is not held up, and may still tell what was read before."""
    events = StoredEvent.objects.filter(program_id=program.pk, account_id=marks.account_id)
    ours = list(events.values_list("pk", "accepted_at", "source"))
    outcomes = DeliveryOutcome.objects.filter(program_id=program.pk, account_id=marks.account_id)
    requests = set(outcomes.exclude(request_id="").values_list("request_id", flat=True))
    EventEdit.objects.filter(program_id=program.pk, stored_event_id__in=[pk for pk, _at, _source in ours]).delete()
    events.update(data=ERASED, external_code="")
    UserAccount.objects.filter(program_id=program.pk, account_id=marks.account_id).delete()
    return Told(tuple(sorted(requests)), tuple(at for _pk, at, source in ours if source != "engine"))


def forget_profiles(*, connection: Connection, profiles: tuple[str, ...]) -> None:
    """What was told of them: the next that is told of one is told whole."""
    LastSent.objects.filter(connection=connection, profile__in=profiles).delete()


def profiles_of(*, connection: Connection, marks: MemberMarks) -> tuple[str, ...]:
    """Under which names the other system may know the member, without those that stay somebody's."""
    key = connection.spec.profile_key
    found = {key(_event(marks, user_id), connection.config) for user_id in marks.user_ids or ("",)}
    return tuple(sorted(found - set(marks.kept_user_ids)))


def _event(marks: MemberMarks, user_id: str) -> LoyaltyEvent:
    return LoyaltyEvent(
        event_id="",
        type="",
        occurred_at=datetime.min.replace(tzinfo=UTC),
        account_id=marks.account_id,
        user_id=user_id,
        external_code=marks.external_code,
    )
