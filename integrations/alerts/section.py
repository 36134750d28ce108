"""The alerts of a program, as its tabs name them."""

from django.utils.translation import gettext_lazy as _

from selfservice.programs.sections import Section

ALERTS = Section(_("Alerts"), "alerts:alerts", "a")
