from django.apps import AppConfig


class ClientConfig(AppConfig):
    name = "loyalty_api.client"
    label = "loyalty_client"
