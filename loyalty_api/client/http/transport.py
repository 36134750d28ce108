"""One request to a remote platform: signed in, within its time, repeated only where that can do no harm."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import orjson
import requests
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from requests.exceptions import ConnectTimeout, ContentDecodingError, SSLError
from urllib3.exceptions import NewConnectionError, ReadTimeoutError

from loyalty_api.client.http.answers import Answer, refusal_of
from loyalty_api.client.http.deadlines import Deadline, too_slow
from loyalty_api.client.http.endpoints import Endpoint, EndpointMap
from loyalty_api.client.http.tokens import TOKENS, Login
from loyalty_api.contract import Json, NotFound, OutcomeUnknown, PlatformUnavailable
from selfservice.secrets.secret import Secret

CONNECT_SECONDS = 3.0
MAX_TRIES = 3
FIRST_PAUSE_SECONDS = 0.05
_MAX_ID_LENGTH = 255


class CallLog(Protocol):
    """What settings.LOYALTY_CALL_LOG names. `status` 0 says that no answer came."""

    def __call__(
        self,
        *,
        program_id: int,
        method: str,
        path: str,
        endpoint: str,
        status: int,
        started_at: datetime,
        account_id: str,
        error: str,
        request_body: bytes,
        response_body: bytes,
    ) -> None: ...


class Unaddressable(NotFound):
    """Nothing with such an id can be asked for, so nothing was."""


class _NoAnswer(Exception):
    """`may_have_arrived` is false when nothing was sent, so that even a write may be tried again; `is_final`: trying
    again cannot help."""

    def __init__(
        self,
        text: str,
        *,
        reason: str,
        may_have_arrived: bool = True,
        is_final: bool = False,
        timed_out: bool = False,
    ) -> None:
        super().__init__(text)
        self.reason = reason
        self.may_have_arrived = may_have_arrived
        self.is_final = is_final
        self.timed_out = timed_out


@dataclass(frozen=True, slots=True)
class Request:
    """`ids` fill the endpoint's path; `name` is the endpoint's in the map, for the log."""

    name: str
    ids: Mapping[str, str]
    body: Json = None
    query: Mapping[str, Any] = field(default_factory=dict)
    repeats: bool = True


@dataclass(frozen=True, slots=True)
class Transport:
    """Speaks for one program, which the call log files the calls under."""

    program_id: int
    login: Login
    interaction_id: str
    endpoints: EndpointMap

    def call(self, request: Request, *, deadline: Deadline) -> Answer:
        """Raises LoyaltyError (NotFound, Conflict) for a refusal, PlatformUnavailable for everything else."""
        endpoint: Endpoint = getattr(self.endpoints, request.name)
        url = self._url(endpoint, request)
        token = self._token(deadline)
        answer = self._send(endpoint, request, url, token, deadline)
        if answer.status in {401, 403}:
            TOKENS.forget(self.login, token)
            token = self._token(deadline)
            answer = self._send(endpoint, request, url, token, deadline)
        if answer.status in {401, 403}:
            TOKENS.forget(self.login, token)
            text = f"The loyalty platform refuses our user (status {answer.status})."
            raise PlatformUnavailable(text, reason="user_refused")
        secrets = (token.reveal(), self.login.password.reveal())
        refusal = refusal_of(answer, missing=endpoint.missing, secrets=secrets)
        if endpoint.method != "GET" and 300 <= answer.status < 400:
            # Whoever sends us elsewhere may have acted before.
            raise OutcomeUnknown
        if isinstance(refusal, PlatformUnavailable):
            refusal.may_have_acted = endpoint.method != "GET" and (answer.status >= 500 or answer.status == 408)
        if refusal is not None:
            raise refusal
        return answer

    def sign_in_anew(self, *, deadline: Deadline) -> None:
        """With the password of now, whatever token is kept. Raises PlatformUnavailable."""
        TOKENS.drop(self.login)
        self._token(deadline)

    def _token(self, deadline: Deadline) -> Secret:
        return TOKENS.get(self.login, fetch=lambda: self._sign_in(deadline), deadline=deadline)

    def _sign_in(self, deadline: Deadline) -> str:
        endpoint = self.endpoints.login
        body = {
            "org": self.login.org,
            "userName": self.login.user_name,
            "password": self.login.password.reveal(),
        }
        request = Request("login", {}, body)
        answer = self._send(endpoint, request, self.login.base_url + endpoint.path, None, deadline)
        if answer.status != 200 and answer.status != 201:
            reason = "login_refused" if answer.status in {400, 401, 403} else f"login_{answer.status}"
            text = f"The loyalty platform refused the login (status {answer.status})."
            raise PlatformUnavailable(text, reason=reason)
        return answer.body.decode(errors="replace")

    def _url(self, endpoint: Endpoint, request: Request) -> str:
        if not all(_can_stand_in_path(value) for value in request.ids.values()):
            raise Unaddressable(endpoint.missing, "There is no such object on the loyalty platform.")
        path = endpoint.path.format(**{name: quote(value, safe="") for name, value in request.ids.items()})
        return self.login.base_url + path + (f"?{urlencode(request.query)}" if request.query else "")

    def _send(self, endpoint: Endpoint, request: Request, url: str, token: Secret | None, deadline: Deadline) -> Answer:
        """The last answer, or what a last try without one means."""
        is_safe = endpoint.method == "GET" or token is None
        tries = MAX_TRIES if request.repeats else 1
        pause = FIRST_PAUSE_SECONDS
        while True:
            tries -= 1
            try:
                answer = self._exchange(endpoint, request, url, token, deadline)
            except _NoAnswer as failure:
                can_repeat = is_safe or not failure.may_have_arrived
                if failure.is_final or not tries or not can_repeat or not deadline.allows(pause):
                    raise _unavailable(failure, may_have_acted=not is_safe and failure.may_have_arrived) from None
            else:
                if answer.status < 500 or not is_safe or not tries or not deadline.allows(pause):
                    return answer
            time.sleep(pause)
            pause *= 2

    def _exchange(
        self, endpoint: Endpoint, request: Request, url: str, token: Secret | None, deadline: Deadline
    ) -> Answer:
        """One request on the wire, and one line in the call log."""
        body = b"" if request.body is None else orjson.dumps(request.body)
        seconds = deadline.left()
        started_at = timezone.now()
        answer, error = Answer(0, b""), ""
        try:
            response = _session().request(
                endpoint.method,
                url,
                data=body,
                headers=self._headers(token),
                timeout=(min(CONNECT_SECONDS, seconds), seconds),
                allow_redirects=False,
            )
            told = response.headers
            answer = Answer(
                response.status_code, response.content, told.get("Location", ""), told.get("Content-Type", "")
            )
        except requests.RequestException as failure:
            found = _classified(failure)
            error = str(found)
            raise found from None
        finally:
            self._log(endpoint, request, url, answer, started_at=started_at, error=error, body=body)
        return answer

    def _log(
        self,
        endpoint: Endpoint,
        request: Request,
        url: str,
        answer: Answer,
        *,
        started_at: datetime,
        error: str,
        body: bytes,
    ) -> None:
        log: CallLog = import_string(settings.LOYALTY_CALL_LOG)
        # The bodies of a login are the password and the token.
        is_login = request.name == "login"
        log(
            program_id=self.program_id,
            method=endpoint.method,
            path=url.removeprefix(self.login.base_url),
            endpoint=request.name,
            status=answer.status,
            started_at=started_at,
            account_id=request.ids.get("account_id", ""),
            error=error,
            request_body=b"" if is_login else body,
            response_body=b"" if is_login else answer.body,
        )

    def _headers(self, token: Secret | None) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/plain"}
        if token is not None:
            headers["Authorization"] = self.endpoints.authorization.format(token=token.reveal())
            headers["id-type"] = "ID"
            if self.interaction_id:
                headers["interaction-id"] = self.interaction_id
        return headers


def _session() -> requests.Session:
    found: requests.Session = import_string(settings.LOYALTY_HTTP_SESSION)()
    return found


def _can_stand_in_path(value: str) -> bool:
    """Dots and slashes would address something else; a text that is no UTF-8 or not printable is nobody's id."""
    return (
        value not in {"", ".", ".."}
        and len(value) <= _MAX_ID_LENGTH
        and value.isprintable()
        and not {"/", "\\"} & set(value)
        and _is_utf8(value)
    )


def _is_utf8(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _classified(failure: requests.RequestException) -> _NoAnswer:
    if isinstance(failure, SSLError):
        return _NoAnswer("no trusted connection", reason="not_trusted", is_final=True)
    if _never_connected(failure):
        timed_out = isinstance(failure, ConnectTimeout)
        return _NoAnswer("no connection", reason="no_connection", may_have_arrived=False, timed_out=timed_out)
    if isinstance(failure, requests.Timeout) or isinstance(_cause(failure), ReadTimeoutError):
        return _NoAnswer("no answer in time", reason="too_slow", is_final=True, timed_out=True)
    if isinstance(failure, ContentDecodingError):
        return _NoAnswer("its answer cannot be read", reason="unreadable", is_final=True)
    if isinstance(failure, requests.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return _NoAnswer("the connection broke", reason="no_connection")
    # What is left was refused before it went out: an address that is not allowed, above all.
    text = f"not sent: {type(failure).__name__}"
    return _NoAnswer(text, reason="not_sent", may_have_arrived=False, is_final=True)


def _never_connected(failure: requests.RequestException) -> bool:
    if isinstance(failure, ConnectTimeout):
        return True
    return isinstance(getattr(_cause(failure), "reason", None), NewConnectionError)


def _cause(failure: requests.RequestException) -> object:
    return failure.args[0] if failure.args else None


def _unavailable(failure: _NoAnswer, *, may_have_acted: bool) -> PlatformUnavailable:
    found = (
        too_slow() if failure.timed_out else PlatformUnavailable(f"The loyalty platform cannot be reached: {failure}.")
    )
    found.reason = failure.reason
    found.may_have_acted = may_have_acted
    return found
