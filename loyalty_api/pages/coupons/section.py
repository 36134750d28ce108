"""The coupons, as the tabs of a program's pages name them."""

from django.utils.translation import gettext_lazy as _

from selfservice.programs.sections import Section

COUPONS = Section(_("Coupons"), "coupons:list", "u")
