"""What somebody without an account sees: asked whether alerts shall reach them, and when they want no more."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from integrations.alerts.models import AlertReceiver
from integrations.alerts.receivers import ConfirmationSpent, receiver_of, remove_address
from integrations.alerts.receivers import confirm as confirm_receiver
from integrations.alerts.stopping import receiver_to_stop
from selfservice.audit.services import Actor

GONE = 410


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Looking at the link spends nothing, since mail scanners look too."""
    receiver = receiver_of(token=token)
    if receiver is None or not receiver.may_be_confirmed(now=timezone.now()):
        return _spent(request, receiver)
    if request.method != "POST":
        return render(request, "alerts/confirm.html", {"receiver": receiver})
    try:
        confirm_receiver(receiver=receiver, address=request.META.get("REMOTE_ADDR") or None, now=timezone.now())
    except ConfirmationSpent:
        return _spent(request, receiver)
    return render(request, "alerts/confirmed.html", {"receiver": receiver})


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Mail programs post here for their reader, without cookies. A link that is made up is answered like one whose
    address is gone."""
    receiver = receiver_to_stop(token=token)
    if receiver is None:
        return render(request, "alerts/spent.html", {"is_of_stop": True}, status=GONE)
    if request.method != "POST":
        return render(request, "alerts/stop.html", {"receiver": receiver})
    actor = Actor(receiver.email, request.META.get("REMOTE_ADDR") or None)
    remove_address(receiver=receiver, actor=actor, now=timezone.now())
    return render(request, "alerts/stopped.html", {"receiver": receiver})


def _spent(request: HttpRequest, receiver: AlertReceiver | None) -> HttpResponse:
    is_done = receiver is not None and receiver.confirmed_at is not None
    return render(request, "alerts/spent.html", {"is_done": is_done, "is_known": receiver is not None}, status=GONE)
