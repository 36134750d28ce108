"""Braze, as the rest of the product sees it."""

from django.utils.translation import gettext_lazy as _

from integrations.braze import sender
from integrations.braze.config import BrazeConfig, BrazeForm, load_config, missing_fields
from integrations.braze.limits import limits
from integrations.braze.mapping import map_event, profile_key
from integrations.spec import IntegrationSpec, Limits


def _limits(config: BrazeConfig) -> Limits:
    return limits(config.objects_per_request)


SPEC = IntegrationSpec(
    kind="braze",
    title="Braze",
    summary=_(
        "Streams loyalty events to Braze in real time and lets Braze assign coupons, book points and set opt-ins."
    ),
    icon="braze/icon.svg",
    config_form=BrazeForm,
    secret_fields=frozenset({"apiKey"}),
    unique_fields=frozenset({"apiKey"}),
    missing=missing_fields,
    load_config=load_config,
    profile_key=profile_key,
    map_event=map_event,
    limits=_limits,
    send=sender.send,
    door_urls="integrations.braze.urls",
    guide="docs/integrations/braze.md",
)
