"""The calls that a text can be meant for, and what each of them takes. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from integrations.braze.serializers import AssignBody, BatchBody, BookingBody, SubscriptionBody
from integrations.inbound.fields import StrictSerializer
from integrations.keys.models import Scope

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


@dataclass(frozen=True, slots=True)
class Call:
    """`path` is what follows the program in the address. A read has no body."""

    title: "StrOrPromise"
    method: str
    path: re.Pattern[str]
    scope: Scope
    body: type[StrictSerializer] | None = None
    query: tuple[str, ...] = ()

    @property
    def fields(self) -> Mapping[str, serializers.Field[Any, Any, Any, Any]]:
        return self.body().fields if self.body else {}


_READ = ("on_error",)
CALLS = (
    Call(_("Assign a coupon to a member"), "POST", re.compile(r"campaigns/[^/]*/assign"), Scope.ASSIGN, AssignBody),
    Call(
        _("Assign a coupon to many members"),
        "POST",
        re.compile(r"campaigns/[^/]*/assign/batch"),
        Scope.ASSIGN,
        BatchBody,
    ),
    Call(_("Book points"), "POST", re.compile(r"members/[^/]*/bookings"), Scope.BOOK, BookingBody),
    Call(_("Set e-mail opt-ins"), "POST", re.compile(r"subscriptions/email"), Scope.SUBSCRIPTIONS, SubscriptionBody),
    Call(
        _("Profile: points, level, next reward"),
        "GET",
        re.compile(r"members/[^/]*/profile"),
        Scope.PROFILE,
        None,
        _READ,
    ),
    Call(
        _("Coupons that can be redeemed now"),
        "GET",
        re.compile(r"members/[^/]*/coupons"),
        Scope.COUPONS,
        None,
        ("lang", "include", *_READ),
    ),
    Call(_("The last bookings"), "GET", re.compile(r"members/[^/]*/ledger"), Scope.PROFILE, None, ("limit", *_READ)),
)
BATCH, COUPONS = CALLS[1], CALLS[5]


def call_at(path: str) -> Call | None:
    return next((call for call in CALLS if call.path.fullmatch(path)), None)


def call_of_fields(names: Collection[str]) -> Call | None:
    """The write whose fields these look most like; None if they look like none's."""
    shared = {"braze_campaign_id", "dispatch_id"}
    given = set(names) - shared
    writes = [call for call in CALLS if call.body]
    best = max(writes, key=lambda call: len(given & set(call.fields)) * 10 - len(set(call.fields) - given))
    return best if given & set(best.fields) else None
