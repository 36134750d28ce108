"""Braze, as the rest of the product sees it."""

from django.utils.translation import gettext_lazy as _

from integrations.braze.checking import advice, check_connection, field_at_fault
from integrations.braze.client import BULK_PATH, TRACK_PATH
from integrations.braze.config import BrazeConfig, load_config, missing_fields, profile_key, target
from integrations.braze.erasing import erase_profile
from integrations.braze.finding import find_profile
from integrations.braze.form import BrazeForm
from integrations.braze.limits import bulk_limits, limits
from integrations.braze.mapping.mapper import BrazeMapper
from integrations.braze.matrix import MATRIX
from integrations.braze.notes import note_in_words
from integrations.braze.pasting.report import check_paste
from integrations.braze.refusals import explain
from integrations.braze.sender import send, send_bulk
from integrations.braze.snippets import snippets
from integrations.spec import BulkWay, IntegrationSpec


def _bulk(config: BrazeConfig) -> BulkWay | None:
    return BulkWay(bulk_limits(), send_bulk) if config.has_bulk else None


SPEC = IntegrationSpec(
    kind="braze",
    title="Braze",
    summary=_(
        "Streams loyalty events to Braze in real time and lets Braze assign coupons, book points and set opt-ins."
    ),
    icon="braze/icon.svg",
    config_form=BrazeForm,
    secret_fields=frozenset({"apiKey"}),
    address_fields=frozenset({"apiEndpoint"}),
    unique_fields=frozenset({"apiKey"}),
    missing=missing_fields,
    load_config=load_config,
    profile_fields=frozenset({"identifierValue"}),
    profile_key=profile_key,
    mapper=BrazeMapper,
    target=target,
    limits=limits,
    send=send,
    test=check_connection,
    door_urls="integrations.braze.urls",
    snippets=snippets,
    guide="docs/integrations/braze.md",
    matrix=MATRIX,
    note_in_words=note_in_words,
    bulk=_bulk,
    advice=advice,
    field_at_fault=field_at_fault,
    find_profile=find_profile,
    erase_profile=erase_profile,
    explain=explain,
    check_paste=check_paste,
    called=(TRACK_PATH.strip("/"), BULK_PATH.strip("/")),
)
