"""A program's first page, as its tabs name it."""

from django.utils.translation import gettext_lazy as _

from selfservice.programs.sections import Section

OVERVIEW = Section(_("Overview"), "cards:program", "o")
