"""Braze's endpoints over a session that is given. Knows HTTP and headers, nothing of lanes and outcomes."""

from collections.abc import Mapping
from dataclasses import dataclass

import requests
from requests.exceptions import ChunkedEncodingError, ConnectTimeout, ContentDecodingError, InvalidHeader, SSLError
from urllib3.exceptions import NameResolutionError, NewConnectionError

# Partners name themselves in this form: https://www.braze.com/docs/partners/integration/
USER_AGENT = "partner-Convercus"
TRACK_PATH = "/users/track"
BULK_PATH = "/users/track/bulk"
EXPORT_PATH = "/users/export/ids"
DELETE_PATH = "/users/delete"


@dataclass(frozen=True, slots=True)
class Reply:
    """What Braze answered. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Unreachable(Exception):
    """No answer came; the text is a symbol. `is_fate_unknown`: the request may have arrived."""

    def __init__(self, message: str, *, is_fate_unknown: bool) -> None:
        super().__init__(message)
        self.is_fate_unknown = is_fate_unknown


def track(*, session: requests.Session, endpoint: str, api_key: str, body: bytes, path: str = TRACK_PATH) -> Reply:
    """POST /users/track, or what takes the same body. Raises Unreachable."""
    headers = {
        "Authorization": f"Bearer {api_key}",
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "Accept": "application/json",
    }
    try:
        response = session.post(endpoint + path, data=body, headers=headers)
    except SSLError as error:
        # A certificate is refused before anything is sent; what else can break may break later.
        is_certificate = "CERTIFICATE_VERIFY_FAILED" in str(error)
        raise Unreachable("tls_failed", is_fate_unknown=not is_certificate) from None
    except (requests.ConnectionError, ConnectTimeout) as error:
        if _is_unknown_host(error):
            raise Unreachable("host_unknown", is_fate_unknown=False) from None
        raise Unreachable("unreachable", is_fate_unknown=not _never_connected(error)) from None
    except (requests.Timeout, ChunkedEncodingError, ContentDecodingError, InvalidHeader):
        # Ours are valid headers, so a bad one came with the answer.
        raise Unreachable("no_answer", is_fate_unknown=True) from None
    except requests.RequestException:
        # What is left was refused before it went out: an address that is not public, above all.
        raise Unreachable("address_not_allowed", is_fate_unknown=False) from None
    return Reply(
        response.status_code, {name.lower(): value for name, value in response.headers.items()}, response.content
    )


def _is_unknown_host(error: requests.RequestException) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), NameResolutionError) or "resolve" in str(error)


def _never_connected(error: requests.RequestException) -> bool:
    if isinstance(error, ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)
