"""The addresses for monitoring. They are reached without a host name of ours: `middleware` sees to that."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.views.decorators.http import require_safe

from selfservice.watch import metrics
from selfservice.watch.access import may_read_metrics
from selfservice.watch.health import check_all, check_names


@require_safe
def live(_request: HttpRequest) -> JsonResponse:
    """This process answers. Asks nobody."""
    return _fresh(JsonResponse({"status": "ok"}))


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Everything works, or what does not. `?only=database&only=migrations` looks at those alone."""
    only = frozenset(request.GET.getlist("only"))
    if unknown := sorted(only - check_names()):
        # A misspelt name must not look like health.
        message = f"There is no check {unknown[0][:40]}. There are: {', '.join(sorted(check_names()))}."
        return _fresh(JsonResponse({"status": "error", "message": message}, status=400))
    checks = check_all(only)
    problems = {check.name: check.problem for check in checks if check.problem}
    body = {
        "status": "unavailable" if problems else "ok",
        "checks": {check.name: "failed" if check.problem else "ok" for check in checks},
        "problems": problems,
    }
    return _fresh(JsonResponse(body, status=503 if problems else 200))


def prometheus(request: HttpRequest) -> HttpResponse:
    """Not there at all for whoever may not read them, whatever the method."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not may_read_metrics(address=request.META.get("REMOTE_ADDR", ""), headers=headers):
        return HttpResponseNotFound("Not found\n", content_type="text/plain")
    return HttpResponse(metrics.web_metrics(), content_type=metrics.CONTENT_TYPE)


def _fresh(response: JsonResponse) -> JsonResponse:
    response["Cache-Control"] = "no-store"
    return response
