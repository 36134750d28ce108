"""The audit trail of a program, as its tabs name it."""

from django.utils.translation import gettext_lazy as _

from selfservice.programs.models import Role
from selfservice.programs.sections import Section

TRAIL = Section(_("Audit trail"), "trail:program", "d", Role.ADMIN)
