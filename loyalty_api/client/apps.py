from django.apps import AppConfig
from django.core.checks import register


class ClientConfig(AppConfig):
    name = "loyalty_api.client"
    label = "loyalty_client"

    def ready(self) -> None:
        from loyalty_api.client.checks import check_endpoints

        register(check_endpoints)
