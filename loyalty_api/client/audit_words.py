"""What is done about a loyalty program itself, as the audit trail words it."""

from django.utils.translation import gettext_lazy as _

from loyalty_api.client.models import PlatformKind
from selfservice.trail.words import Words

WORDS = Words(
    actions={
        "program.saved": _("Program saved"),
        "api_user.issued": _("API user created"),
        "loyalty_platform.tested": _("Loyalty platform tested"),
        "interaction_point.saved": _("Interaction point saved"),
        "interaction_point.retired": _("Interaction point retired"),
        "interaction_point.revived": _("Interaction point in use again"),
        "partner.saved": _("Partner saved"),
        "partner.retired": _("Partner retired"),
        "partner.revived": _("Partner in use again"),
        "store.saved": _("Store saved"),
        "store.retired": _("Store retired"),
        "store.revived": _("Store in use again"),
        "api_user.removed": _("API user removed"),
    },
    fields={
        "currency": _("currency"),
        "timezone": _("time zone"),
        "org": _("organisation"),
        "optins": _("opt-in channels"),
        "levels": _("levels"),
        "partner": _("partner"),
        "store": _("store"),
        "level_names": _("names of levels"),
        "level_factors": _("factors of levels"),
        "languages": _("further languages"),
        "booking_type_codes": _("booking type codes"),
        "custom_properties": _("custom properties"),
        "loyalty": _("loyalty platform"),
        "user_name": _("user name"),
        "interaction_id": _("interaction point"),
        "program_code": _("program's code there"),
        "password": _("password (fingerprint)"),
        "duration_ms": _("duration in ms"),
        "is_default": _("default"),
        "retired": _("retired"),
    },
    kinds={
        "partner": _("partner"),
        "store": _("store"),
        "level": _("level"),
        "program_rules": _("points rules"),
        "interaction_point": _("interaction point"),
        "api_user": _("API user"),
    },
    values={
        **{("kind", kind.value): kind.label for kind in PlatformKind},
        ("reason", "ok"): _("all is well"),
        ("reason", "program_unknown"): _("the program is not known there"),
        ("reason", "login_refused"): _("login refused"),
        ("reason", "user_refused"): _("user lacks a right"),
        ("reason", "no_token"): _("no loyalty platform at the address"),
        ("reason", "login_404"): _("no login at the address"),
        ("reason", "not_trusted"): _("certificate not trusted"),
        ("reason", "no_connection"): _("nobody answers at the address"),
        ("reason", "too_slow"): _("no answer in time"),
        ("reason", "unreadable"): _("answer cannot be read"),
        ("reason", "not_sent"): _("address may not be called"),
        ("reason", "failed"): _("answered with an error"),
    },
)
