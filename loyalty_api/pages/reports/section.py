"""Reports, as a program's tabs name them."""

from django.utils.translation import gettext_lazy as _

from selfservice.programs.sections import Section

REPORTS = Section(_("Reports"), "reports:reports", "r")
