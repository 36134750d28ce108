"""A gate before an application, with few slots and few places to wait."""

from selfservice.middleware.admission import Admission

SHED = [b"turned away"]
DONE = [b"done"]


def environ(path="/v1/programs/club/events", method="POST"):
    return {"PATH_INFO": path, "REQUEST_METHOD": method}


def admission(application, *, slots=3, places=4, is_in_vain=lambda _environ: False):
    return Admission(
        application,
        is_in_vain=is_in_vain,
        turn_away=lambda _environ, _start_response: SHED,
        slots=slots,
        places=places,
    )
