"""What `manage.py check` says of the client's settings."""

from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from loyalty_api.client.http.endpoints import endpoints


def check_endpoints(**_options: Any) -> list[CheckMessage]:
    try:
        endpoints()
    except ImproperlyConfigured as error:
        hint = "The names and their defaults stand in loyalty_api/client/http/endpoints.py."
        return [Error(str(error), hint=hint, id="loyalty_client.E001")]
    return []
