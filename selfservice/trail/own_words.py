"""Words for what people do to people, and to the trail itself."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from selfservice.accounts.models import Theme
from selfservice.programs.models import Role
from selfservice.trail.words import Words

WORDS = Words(
    actions={
        "user.added": _("Account created"),
        "user.changed": _("Account changed"),
        "user.password_set": _("Password set"),
        "user.link_asked": _("New password asked for by mail"),
        "role.granted": _("Role given"),
        "role.withdrawn": _("Role withdrawn"),
        "invitation.issued": _("Invitation issued"),
        "invitation.renewed": _("Invitation sent again"),
        "invitation.revoked": _("Invitation revoked"),
        "invitation.accepted": _("Invitation accepted"),
        "sessions.ended": _("Sessions ended"),
        "second_factor.on": _("Second factor switched on"),
        "second_factor.off": _("Second factor switched off"),
        "second_factor.removed": _("Second factor reset by an operator"),
        "second_factor.recovery_used": _("Signed in with a recovery code"),
        "second_factor.recovery_renewed": _("Recovery codes made anew"),
        "field_keys.rotated": _("Stored secrets encrypted anew"),
        "audit.exported": _("Audit trail exported"),
    },
    fields={
        "role": _("role"),
        "name": _("name"),
        "email": _("mail address"),
        "is_operator": _("operator"),
        "is_active": _("switched on"),
        "language": _("language"),
        "theme": _("appearance"),
        "expires_at": _("valid until"),
        "filters": _("filters"),
        "reason": _("reason"),
        "count": _("number"),
    },
    values={
        **{("role", role.value): role.label for role in Role},
        **{("theme", theme.value): theme.label for theme in Theme},
        **{("language", code): name for code, name in settings.LANGUAGES},
    },
)
