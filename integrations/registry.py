"""The integrations that settings name, imported on first use."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from integrations.spec import IntegrationSpec


@cache
def all_specs() -> dict[str, IntegrationSpec]:
    specs: list[IntegrationSpec] = [import_string(path) for path in settings.INTEGRATIONS]
    return {spec.kind: spec for spec in specs}


def spec_for(kind: str) -> IntegrationSpec:
    """Raises KeyError for a kind that is not installed."""
    return all_specs()[kind]
