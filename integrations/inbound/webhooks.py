"""The ground that all writes share: each acts once, however often it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, ClassVar
from uuid import UUID

import orjson
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from rest_framework import exceptions

from integrations.calls.recording import Call
from integrations.inbound import identity
from integrations.inbound.answers import Answer
from integrations.inbound.asking import asking
from integrations.inbound.doors import Door
from integrations.inbound.errors import OUTCOME_UNKNOWN, DoorError, problem_of
from integrations.inbound.fields import StrictSerializer, validated
from integrations.inbound.flights import Flight, aboard
from integrations.inbound.identity import CallIdentity, identify
from integrations.inbound.patience import Patience
from integrations.inbound.turns import Busy, Given, Turn, give_connection_back, kept_answer, let_go, take_turn
from loyalty_api.client.factory import client_for
from loyalty_api.client.protocol import LoyaltyClient
from loyalty_api.contract import LoyaltyError, PlatformUnavailable
from selfservice.database import rows
from selfservice.database.rows import NOTHING, Along, Change
from selfservice.middleware.admission import resting, seconds_waited

# What a call over the network may take beyond the platform's time, before it is taken for dead.
_MARGIN_SECONDS = 3.0
# Between a stored answer and the end of its transaction.
_COMMIT_SECONDS = 0.25


class Webhook(Door):
    """A write: a valid body, one act, one answer.

    Of a platform whose writes join our transaction, the effect, the answer and the line in the call log are one
    transaction. Before another one is asked, the call is written down, and what becomes of it after.
    """

    body: ClassVar[type[StrictSerializer]]
    # One whose act is several transactions by nature is done step by step everywhere, and has to bear being done again.
    is_one_act: ClassVar[bool] = True

    _is_unknown: bool = False
    # The answer that was stored along with what the call did.
    kept: Answer | None = None
    _unread: exceptions.APIException | None = None

    def post(self, request: HttpRequest, **_place: Any) -> Answer:
        client = client_for(self.program)
        called = self._identity(request)
        if called.is_named:
            return self._when_free(client, called, None)
        with aboard(called, seconds_here=seconds_waited(request.META)) as flight:
            return self._when_free(client, called, flight)

    def _when_free(self, client: LoyaltyClient, called: CallIdentity, flight: Flight | None) -> Answer:
        """Waits for whoever acts for the same call, and then acts, or gives its answer."""
        meeting = _Meeting(self.request.META)
        with Patience(called.key) as patience:
            while True:
                try:
                    if flight is None:
                        return self._once(client, called, meeting)
                    return self._alike(client, called, meeting, flight)
                except Busy as busy:
                    meeting.reference = busy.reference or meeting.reference
                give_connection_back()
                with resting(self.request.META):
                    patience.pause()

    def _alike(self, client: LoyaltyClient, called: CallIdentity, meeting: "_Meeting", flight: Flight) -> Answer:
        if flight.given is None:
            with flight.lead():
                if flight.given is None:
                    return self._led(client, called, meeting, flight)
        return _replayed(flight.given)

    def _led(self, client: LoyaltyClient, called: CallIdentity, meeting: "_Meeting", flight: Flight) -> Answer:
        try:
            answer = self._once(client, called, meeting)
        except Busy:
            meeting.was_busy = True
            raise
        flight.land(Given(answer.status_code, answer.content))
        return answer

    def _once(self, client: LoyaltyClient, called: CallIdentity, meeting: "_Meeting") -> Answer:
        if client.is_transactional and self.is_one_act:
            return self._in_one_transaction(called, meeting)
        return self._step_by_step(called, meeting)

    def act(self, client: LoyaltyClient, body: dict[str, Any], turn: Turn) -> Answer:
        """`self.kwargs` has what the address names. What refuses has changed nothing."""
        raise NotImplementedError

    def goes_along_with_turn(self) -> Along:
        """What an act on our own platform reads first, by the statement that gives it its turn."""
        return NOTHING

    def _identity(self, request: HttpRequest) -> CallIdentity:
        try:
            data = self.read_body()
        except exceptions.APIException as error:
            data, self._unread = None, error
        return identify(
            program_id=self.program.pk,
            endpoint=self.endpoint,
            place=self.kwargs,
            header=request.headers.get(identity.HEADER),
            dispatch_id=data.get("dispatch_id") if isinstance(data, Mapping) else None,
            body=self.raw_body,
        )

    def _in_one_transaction(self, called: CallIdentity, meeting: "_Meeting") -> Answer:
        along, self.kept = self.goes_along_with_turn(), None
        with transaction.atomic():
            turn = meeting.take_turn(called, lease_seconds=0, is_remote=False, along=along)
            if isinstance(turn, Given):
                return _replayed(turn)
            answer = self._answer(client_for(self.program, account=turn.along), turn)
            self._keep(turn, answer)
        self.is_logged = True
        return answer

    def _step_by_step(self, called: CallIdentity, meeting: "_Meeting") -> Answer:
        # The lease begins with the turn, so the act has to end by what was the time before.
        ends_at = monotonic() + settings.LOYALTY_CALL_SECONDS
        lease_seconds = settings.LOYALTY_CALL_SECONDS + _MARGIN_SECONDS
        turn = meeting.take_turn(called, lease_seconds=lease_seconds, is_remote=True)
        if isinstance(turn, Given):
            return _replayed(turn)
        try:
            client = client_for(self.program, ends_at=ends_at)
            with asking(self.request.META, program_id=self.program.pk, is_remote=not client.is_transactional):
                answer = self._answer(client, turn)
        except PlatformUnavailable as error:
            # What a former try may have done is not undone by this one.
            self._is_unknown = error.may_have_acted or turn.tried_at is not None
            let_go(turn, may_have_acted=self._is_unknown)
            raise
        except DoorError:
            let_go(turn, may_have_acted=turn.tried_at is not None)
            raise
        self._keep(turn, answer)
        self.is_logged = True
        return answer

    def _answer(self, client: LoyaltyClient, turn: Turn) -> Answer:
        """The final answer. Raises what is to be answered otherwise, and repeated."""
        try:
            if self._unread:
                raise self._unread
            return self.act(client, validated(self.body, self.said), turn)
        except (DoorError, exceptions.APIException, LoyaltyError) as error:
            problem = problem_of(error)
            if problem is None or problem.status != 400:
                raise
            return problem.answer(self.request_id)

    def keep_along(self, turn: Turn, answer: Answer) -> Change:
        """What stores the final answer, for an act with a statement that it goes along with; the act answers so."""
        self.kept = answer
        return self._keeping(turn, answer)

    def _keep(self, turn: Turn, answer: Answer) -> None:
        if answer is not self.kept:
            rows.apply(self._keeping(turn, answer))

    def _keeping(self, turn: Turn, answer: Answer) -> Change:
        return kept_answer(turn, status=answer.status_code, body=answer.content, call=self.call_of(answer))

    def call_of(self, answer: Answer) -> Call:
        call = super().call_of(answer)
        return replace(call, error=OUTCOME_UNKNOWN) if self._is_unknown else call


@dataclass(slots=True)
class _Meeting:
    """What a call knows of those it has met: since when it is here, and whom it has found at work."""

    environ: dict[str, Any]
    reference: UUID | None = None
    was_busy: bool = False

    def take_turn(
        self, called: CallIdentity, *, lease_seconds: float, is_remote: bool, along: Along = NOTHING
    ) -> Turn | Given:
        # Who was found at work may have answered by then, and have been about to end its transaction.
        seconds = seconds_waited(self.environ) + (_COMMIT_SECONDS if self.was_busy else 0)
        return take_turn(
            called,
            lease_seconds=lease_seconds,
            is_remote=is_remote,
            waited_for=self.reference,
            seconds_here=seconds,
            along=along,
        )


def _replayed(given: Given) -> Answer:
    headers = {identity.REPLAYED: "true"}
    return Answer(orjson.loads(given.body), status=given.status, headers=headers, body=given.body)
