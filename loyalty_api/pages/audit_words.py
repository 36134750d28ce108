"""What is done about members, coupons and reports, as the audit trail words it."""

from django.utils.translation import gettext_lazy as _

from loyalty_api.pages.coupons.definitions import LABELS
from loyalty_api.pages.coupons.words import HOLDERS, STATUS, USAGE
from loyalty_api.pages.reports.periods import NO_PARTNER
from selfservice.trail.words import Words

WORDS = Words(
    actions={
        "member.revealed": _("Member's data seen in full"),
        "member.exported": _("Member's data exported"),
        "member.points_booked": _("Points booked by hand"),
        "member.coupon_assigned": _("Coupon given by hand"),
        "member.optins_changed": _("Opt-ins changed"),
        "member.properties_changed": _("Member's properties changed"),
        "member.identifier_changed": _("Card or code locked or unlocked"),
        "member.locked": _("Account locked"),
        "member.unlocked": _("Account unlocked"),
        "member.erased": _("Member erased"),
        "coupon.created": _("Coupon created"),
        "coupon.changed": _("Coupon changed"),
        "report.exported": _("Report exported"),
    },
    fields={
        "points": _("points"),
        "booking": _("booking"),
        "type_code": _("booking type code"),
        "coupon": _("coupon"),
        "assignments": _("times given"),
        "membership": _("membership"),
        "identifier": _("card or code"),
        "person": _("person"),
        "properties_filled_in": _("properties filled in"),
        "properties_removed": _("properties removed"),
        "people": _("people"),
        "erased_people": _("people erased"),
        "profiles_in": _("profiles to be deleted in"),
        "i18nFields": _("texts"),
        "since": _("from"),
        "until": _("up to and with"),
        # These two are shared with other lines of the trail.
        **{name: label for name, label in LABELS.items() if name not in ("name", "status")},
        "status": _("status"),
        "unitType": _("kind of place"),
        "value": _("which one"),
    },
    values={
        **{("status", status): words.label for status, words in STATUS.items()},
        ("status", "INACTIVE"): _("Inactive"),
        ("status", "LOCKED"): _("Locked"),
        **{("usageType", usage): label for usage, label in USAGE.items()},
        **{("assignationType", holders): label for holders, label in HOLDERS.items()},
        ("partner", NO_PARTNER): _("Without a partner"),
        ("unitType", "PROGRAM"): _("program"),
        ("unitType", "PARTNER"): _("partner"),
        ("unitType", "STORE"): _("store"),
        ("unitType", "INTERACTIONPOINT"): _("interaction point"),
    },
)
