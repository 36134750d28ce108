"""Lets a saved connection flow at once."""

from django.apps import AppConfig
from django.utils.module_loading import import_string


class DeliveryConfig(AppConfig):
    name = "integrations.delivery"

    def ready(self) -> None:
        # By name: the modules need the models, which are not there yet when this one is imported.
        changed = import_string("integrations.connections.signals.connection_changed")
        changed.connect(import_string("integrations.delivery.lanes.end_waits"))
