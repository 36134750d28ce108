"""What a form carries of the history, and what it says when somebody else was quicker."""

from typing import Any

from django.http import HttpRequest

from integrations.connections.meanwhile import changes_since, newest_seen
from integrations.frame.places import Place
from selfservice.audit.meanwhile import seen_of


def seen_context(request: HttpRequest, place: Place, *, is_kept: bool, is_outdated: bool) -> dict[str, Any]:
    """For frame/seen.html and components/meanwhile.html; to be read before what the page shows. A form that is kept as
    it was sent builds upon what was seen with it, until its person has been told what is new."""
    program, spec = place.program, place.spec
    sent = seen_of(request.POST.get("seen"))
    if is_kept and not is_outdated:
        return {"seen": "" if sent is None else sent}
    found: dict[str, Any] = {"seen": newest_seen(program=program, spec=spec)}
    if is_outdated:
        found["meanwhile"] = changes_since(program=program, spec=spec, seen=sent)
    return found
