"""The ground that all writes share: each acts once, however often it is sent."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID, uuid4

import orjson
from django.conf import settings
from django.db import transaction
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.calls.recording import Call
from integrations.inbound import identity
from integrations.inbound.doors import Door, render
from integrations.inbound.errors import OUTCOME_UNKNOWN, DoorError, problem_of
from integrations.inbound.fields import StrictSerializer, validated
from integrations.inbound.identity import CallIdentity, identify
from integrations.inbound.patience import Patience
from integrations.inbound.turns import Busy, Given, Turn, give_connection_back, keep_answer, let_go, take_turn
from loyalty_api.client.factory import client_for
from loyalty_api.client.protocol import LoyaltyClient
from loyalty_api.contract import LoyaltyError, PlatformUnavailable
from selfservice.middleware.admission import resting

REPLAYED = "Idempotent-Replayed"
# What a call over the network may take beyond the platform's time, before it is taken for dead.
_MARGIN_SECONDS = 3.0


class Webhook(Door):
    """A write: a valid body, one act, one answer.

    Of a platform whose writes join our transaction, the effect, the answer and the line in the call log are one
    transaction. Before another one is asked, the call is written down, and what becomes of it after.
    """

    body: ClassVar[type[StrictSerializer]]
    # One whose act is several transactions by nature is done step by step everywhere, and has to bear being done again.
    is_one_act: ClassVar[bool] = True

    _is_unknown: bool = False
    _unread: exceptions.APIException | None = None

    def post(self, request: Request, **_place: Any) -> Response:
        client = client_for(self.program)
        called = self._identity(request)
        is_joined = client.is_transactional and self.is_one_act
        if is_joined and not called.is_named:
            # Whatever got no answer here has changed nothing, so that there is nothing to repeat.
            return self._in_one_transaction(client, None, None)
        waited_for: UUID | None = None
        with Patience(called.key) as patience:
            while True:
                try:
                    if is_joined:
                        return self._in_one_transaction(client, called, waited_for)
                    return self._step_by_step(client, called, waited_for)
                except Busy as busy:
                    waited_for = busy.reference or waited_for
                give_connection_back()
                with resting(request.META):
                    patience.pause()

    def act(self, client: LoyaltyClient, body: dict[str, Any], turn: Turn) -> Response:
        """`self.kwargs` has what the address names. What refuses has changed nothing."""
        raise NotImplementedError

    def _identity(self, request: Request) -> CallIdentity:
        try:
            data = request.data
        except exceptions.APIException as error:
            data, self._unread = None, error
        return identify(
            program_id=self.program.pk,
            endpoint=self.endpoint,
            place=self.kwargs,
            header=request.headers.get(identity.HEADER),
            dispatch_id=data.get("dispatch_id") if isinstance(data, Mapping) else None,
            body=self.raw_body or request._request.body,
        )

    def _in_one_transaction(
        self, client: LoyaltyClient, called: CallIdentity | None, waited_for: UUID | None
    ) -> Response:
        with transaction.atomic():
            turn = Turn(uuid4())
            if called:
                taken = take_turn(called, lease_seconds=0, is_remote=False, waited_for=waited_for)
                if isinstance(taken, Given):
                    return _replayed(taken)
                turn = taken
            answer = self._answer(client, turn)
            self._keep(turn, answer)
        self.is_logged = True
        return answer

    def _step_by_step(self, client: LoyaltyClient, called: CallIdentity, waited_for: UUID | None) -> Response:
        lease_seconds = settings.LOYALTY_CALL_SECONDS + _MARGIN_SECONDS
        turn = take_turn(called, lease_seconds=lease_seconds, is_remote=True, waited_for=waited_for)
        if isinstance(turn, Given):
            return _replayed(turn)
        try:
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

    def _answer(self, client: LoyaltyClient, turn: Turn) -> Response:
        """The final answer, its body rendered. Raises what is to be answered otherwise, and repeated."""
        try:
            if self._unread:
                raise self._unread
            answer = self.act(client, validated(self.body, self.request.data), turn)
        except (DoorError, exceptions.APIException, LoyaltyError) as error:
            problem = problem_of(error)
            if problem is None or problem.status != 400:
                raise
            answer = problem.response(self.request_id)
        return render(answer, orjson.dumps(answer.data, default=str))

    def _keep(self, turn: Turn, answer: Response) -> None:
        call = self._call(self.request, answer, self.kwargs)
        keep_answer(turn, status=answer.status_code, body=answer.content, call=call)

    def _call(self, request: Request, response: Any, kwargs: dict[str, Any]) -> Call:
        call = super()._call(request, response, kwargs)
        return replace(call, error=OUTCOME_UNKNOWN) if self._is_unknown else call


def _replayed(given: Given) -> Response:
    answer = render(Response(orjson.loads(given.body), status=given.status), given.body)
    answer[REPLAYED] = "true"
    return answer
