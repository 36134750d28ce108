"""What is done about alerts, as the audit trail words it."""

from django.utils.translation import gettext_lazy as _

from integrations.alerts.forms import RulesForm
from selfservice.trail.words import Words

WORDS = Words(
    actions={
        "alerts.saved": _("Alerts saved"),
        "alert_people.saved": _("People who get alerts saved"),
        "alert_receiver.added": _("Address for alerts added"),
        "alert_receiver.removed": _("Address for alerts removed"),
        "alert_receiver.asked_again": _("Address for alerts asked again"),
        "alert_receiver.confirmed": _("Address for alerts confirmed"),
    },
    fields={"people": _("people"), **{name: field.label or name for name, field in RulesForm.base_fields.items()}},
)
