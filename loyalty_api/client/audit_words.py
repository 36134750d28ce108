"""What is done about a loyalty program itself, as the audit trail words it."""

from django.utils.translation import gettext_lazy as _

from selfservice.trail.words import Words

WORDS = Words(
    actions={
        "program.saved": _("Program saved"),
        "api_user.issued": _("API user created"),
        "interaction_point.saved": _("Interaction point saved"),
    },
    fields={
        "currency": _("currency"),
        "timezone": _("time zone"),
        "org": _("organisation"),
        "optins": _("opt-in channels"),
        "levels": _("levels"),
        "partner": _("partner"),
        "store": _("store"),
    },
    kinds={
        "partner": _("partner"),
        "store": _("store"),
        "level": _("level"),
        "program_rules": _("points rules"),
        "interaction_point": _("interaction point"),
        "api_user": _("API user"),
    },
)
