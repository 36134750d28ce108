"""What a text in the search box may mean: a member, a user, an event, a coupon or a request."""

from collections.abc import Sequence
from dataclasses import dataclass

from integrations.activity import lookups
from integrations.activity.call_log import calls_of_account, calls_of_request, newest
from integrations.activity.filters import Asked
from integrations.calls.models import ApiCall
from integrations.delivery.models import HeldEvent, StoredEvent
from integrations.frame.places import Place

LONGEST = 128


@dataclass(frozen=True, slots=True)
class Found:
    """Each part is empty where the text means no such thing."""

    text: str
    is_member: bool = False
    accounts: Sequence[str] = ()
    event: StoredEvent | None = None
    held: Sequence[HeldEvent] = ()
    calls: Sequence[ApiCall] = ()
    coupon_events: Sequence[StoredEvent] = ()
    is_coupon_of_calls: bool = False

    @property
    def kinds(self) -> list[bool]:
        is_coupon = bool(self.coupon_events) or self.is_coupon_of_calls
        return [
            self.is_member,
            bool(self.accounts),
            self.event is not None,
            bool(self.held),
            bool(self.calls),
            is_coupon,
        ]

    @property
    def is_nothing(self) -> bool:
        return not any(self.kinds)

    @property
    def is_one_kind(self) -> bool:
        return sum(self.kinds) == 1


def search(place: Place, text: str) -> Found:
    """Asks the same few questions for any text, each by an index."""
    program = place.program
    held = lookups.held_events(program=program, user_id=text) or lookups.held_events(program=program, event_id=text)
    of_coupon = newest(program=program, asked=Asked(kind=place.spec.kind, coupon=text))
    return Found(
        text=text,
        is_member=_is_member(place, text),
        accounts=lookups.accounts_of_user(program=program, user_id=text),
        event=lookups.find_event(program=program, event_id=text),
        held=held,
        calls=calls_of_request(program=program, request_id=text),
        coupon_events=lookups.events_of_coupon(program=program, text=text),
        is_coupon_of_calls=of_coupon is not None,
    )


def _is_member(place: Place, text: str) -> bool:
    program = place.program
    return bool(
        lookups.events_of_account(program=program, account_id=text, limit=1)
        or calls_of_account(program=program, account_id=text, cursor=None, limit=1)
        or lookups.user_of_account(program=program, account_id=text)
    )
