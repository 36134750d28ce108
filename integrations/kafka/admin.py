"""Parked messages on the operators' pages: to look at, to read again, to let go."""

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from integrations.kafka.models import ParkedMessage

if TYPE_CHECKING:
    # Generic in the stubs only.
    ParkedMessagePages = admin.ModelAdmin[ParkedMessage]
else:
    ParkedMessagePages = admin.ModelAdmin


@admin.register(ParkedMessage)
class ParkedMessageAdmin(ParkedMessagePages):
    list_display = ["__str__", "reason", "message", "key", "parked_at", "is_wanted"]
    list_filter = ["reason", "is_wanted", "topic"]
    search_fields = ["key", "message"]
    date_hierarchy = "parked_at"
    actions = ["read_again"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ParkedMessage | None = None) -> bool:
        return False

    @admin.action(description=_("Read the chosen messages again"), permissions=["delete"])
    def read_again(self, request: HttpRequest, queryset: QuerySet[ParkedMessage]) -> None:
        """The reader fetches them from Kafka, which has them whole; here they are cut and without secrets."""
        number = queryset.update(is_wanted=True)
        text = ngettext(
            "%(number)d message will be read again within seconds, while the reader runs.",
            "%(number)d messages will be read again within seconds, while the reader runs.",
            number,
        )
        self.message_user(request, text % {"number": number}, messages.SUCCESS)
