"""How a further address gets no more alerts, by itself: each mail to it has a link, which needs no account."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from integrations.alerts.models import AlertReceiver
from integrations.alerts.receivers import further_addresses, people_told
from selfservice.programs.models import Program

_SALT = "integrations.alerts.stop"


def stop_link(*, program: Program, email: str) -> str:
    """Empty for a person with a role, who has the program's pages for it, and where nobody knows the installation's own
    address."""
    if not settings.PUBLIC_URL or people_told(program).filter(email=email).exists():
        return ""
    receiver = further_addresses(program).filter(email=email).first()
    if receiver is None:
        return ""
    return settings.PUBLIC_URL + reverse("alerts:stop", kwargs={"token": stop_token(receiver)})


def stop_headers(link: str) -> dict[str, str]:
    """With them a mail program has a button of its own (RFC 2369, RFC 8058, which wants https)."""
    if not link:
        return {}
    one_click = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if link.startswith("https://") else {}
    return {"List-Unsubscribe": f"<{link}>", **one_click}


def stop_token(receiver: AlertReceiver) -> str:
    """Names the row, so that it ends with it: an address that is added anew has another."""
    return Signer(salt=_SALT).sign(str(receiver.pk))


def receiver_to_stop(*, token: str) -> AlertReceiver | None:
    """None for a link that is made up, and for an address that was removed."""
    try:
        number = Signer(salt=_SALT).unsign(token)
    except BadSignature:
        return None
    return AlertReceiver.objects.select_related("program").filter(pk=number, user=None).first()
