"""Every other address below /loyalty: an answer in the platform's form, and no page."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def unknown_path(_request: HttpRequest) -> JsonResponse:
    message = "There is nothing at this address."
    body = {"status": 404, "code": "NOT_FOUND", "message": message, "detail": [], "error": []}
    return JsonResponse(body, status=404)
