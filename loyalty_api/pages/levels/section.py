"""Levels and points rules, as a program's tabs name them."""

from django.utils.translation import gettext_lazy as _

from selfservice.programs.sections import Section

LEVELS = Section(_("Levels & points"), "levels:levels", "l")
