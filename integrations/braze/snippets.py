"""Ready texts for Braze: webhooks, and blocks of Connected Content. Pure.

What enters JSON goes through `json_escape`, what enters an address through `url_param_escape`, and what enters a
message through `escape`. A key stands in a header and never in an address, which Braze keeps in its logs.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from integrations.braze.config import Identifier, IdentifierValue, rename_pairs
from integrations.keys.authentication import HEADER
from integrations.keys.models import Scope
from integrations.shown import Snippet

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

KEY = "cvc_…"
COUPON = "COUPON_ID"
CAMPAIGN = "{{campaign.${api_id}}}"
ACCOUNT_ATTRIBUTE = "convercus_account_id"
# A test send has no dispatch of its own, or none at all; with the time in its key, each test acts.
_DISPATCH = (
    "{{campaign.${dispatch_id}}}{% if campaign.${dispatch_id} == 'dispatch_id_for_unsent_campaign'"
    " or campaign.${dispatch_id} == nil or campaign.${dispatch_id} == blank %}-{{'now' | date: '%s'}}{% endif %}"
)

_PROFILE_TEXT = _(
    """{% if member.member_id %}
Hi {{member.first_name | default: 'there' | escape}}, you have {{member.points_balance}} points.
{% if member.tier_name %}Your level: {{member.tier_name | escape}}.{% endif %}
{% if member.points_to_next_reward %}Only {{member.points_to_next_reward}} points to go: \
{{member.next_reward_title | escape}}.{% endif %}
{% else %}
Your points are waiting for you.
{% endif %}"""
)
_COUPONS_TEXT = _(
    """{% if offers.coupons.size > 0 %}
{% for coupon in offers.coupons %}
{{coupon.title | escape}}: {{coupon.code | escape}}\
{% if coupon.valid_to %}, until {{coupon.valid_to | date: '%d.%m.%Y'}}{% endif %}
{% endfor %}
{% else %}
New offers are on their way.
{% endif %}"""
)
_LEDGER_TEXT = """{% if history.bookings.size > 0 %}
{% for booking in history.bookings %}
{{booking.booked_at | date: '%d.%m.%Y'}} {% if booking.booking_type == 'BURNBOOKING' %}-{% else %}+{% endif %}\
{{booking.points}} {{booking.reason | escape}}
{% endfor %}
{% endif %}"""


def account_expression(fields: Mapping[str, Any]) -> str:
    """Where a profile in Braze has the member's account id: it is the external id itself, or an attribute."""
    is_external_id = fields.get("identifierType") == Identifier.EXTERNAL_ID
    value = fields.get("identifierValue") or IdentifierValue.ACCOUNT_ID
    if is_external_id and value == IdentifierValue.ACCOUNT_ID:
        return "${user_id}"
    name = rename_pairs(fields.get("rename", "")).get(ACCOUNT_ATTRIBUTE, ACCOUNT_ATTRIBUTE)
    return f"custom_attribute.${{{name}}}"


def snippets(*, doors_url: str, fields: Mapping[str, Any]) -> tuple[Snippet, ...]:
    account = account_expression(fields)
    return (*_webhooks(doors_url, account), *_blocks(doors_url, account))


def _webhooks(doors_url: str, account: str) -> tuple[Snippet, ...]:
    member = {"account_id": f"{{{{{account} | json_escape}}}}"}
    campaign = {"braze_campaign_id": CAMPAIGN}
    place = f"{{{{{account} | url_param_escape}}}}"
    booking = {
        "booking_type": "EARNBOOKING",
        "booking_type_code": "BIRTHDAY",
        "points": 250,
        "reason": "{{campaign.${name} | json_escape}}",
    }
    many = {"account_ids": ["ACCOUNT_ID_1", "ACCOUNT_ID_2"]}
    return (
        Snippet(
            "assign",
            _("Assign a coupon to a member"),
            _("Put the coupon's ID in the place of COUPON_ID. The answer holds the code."),
            scope=Scope.ASSIGN,
            **_post(f"{doors_url}/campaigns/{COUPON}/assign", f"{place}-assign-{COUPON}", member | campaign, account),
        ),
        Snippet(
            "book",
            _("Book points"),
            _("EARNBOOKING adds points, BURNBOOKING takes them. Choose a code that your reports know."),
            scope=Scope.BOOK,
            **_post(f"{doors_url}/members/{place}/bookings", f"{place}-book", booking | campaign, account),
        ),
        Snippet(
            "subscribe",
            _("Set e-mail opt-ins"),
            _("“allowed” or “declined”, on the channels chosen on the card. “optins” names others, as a list."),
            scope=Scope.SUBSCRIPTIONS,
            **_post(
                f"{doors_url}/subscriptions/email",
                f"{place}-subscribe",
                member | {"status": "allowed"} | campaign,
                account,
            ),
        ),
        Snippet(
            "assign-batch",
            _("Assign a coupon to many members"),
            _("Up to 500 account IDs. The answer holds a number to ask for the progress with."),
            scope=Scope.ASSIGN,
            **_post(f"{doors_url}/campaigns/{COUPON}/assign/batch", f"batch-{COUPON}", many | campaign, ""),
        ),
    )


def _post(url: str, act: str, body: Mapping[str, Any], account: str) -> dict[str, Any]:
    """`act` names what is done to whom, so that each act of one dispatch has a key of its own."""
    is_unknown = f"{account} == nil or {account} == blank"
    guard = f"{{% if {is_unknown} %}}{{% abort_message('no loyalty account') %}}{{% endif %}}\n" if account else ""
    return {
        "method": "POST",
        "url": url,
        "headers": (
            (HEADER, KEY),
            ("Content-Type", "application/json"),
            ("Idempotency-Key", f"{_DISPATCH}-{act}"),
        ),
        "body": guard + json.dumps(body, indent=2, ensure_ascii=False),
    }


def _blocks(doors_url: str, account: str) -> tuple[Snippet, ...]:
    place = f"{doors_url}/members/{{{{{account} | url_param_escape}}}}"
    language = "{{${language} | default: 'en' | url_param_escape}}"
    return (
        Snippet(
            "profile",
            _("Profile: points, level, next reward"),
            _("Braze may keep it for five minutes. The text after “else” is what members get when nothing was found."),
            scope=Scope.PROFILE,
            block=_block(f"{place}/profile", ":cache_max_age 300", "member", _PROFILE_TEXT),
        ),
        Snippet(
            "coupons",
            _("Coupons that can be redeemed now"),
            _("Asked for afresh each time, and in the member's language."),
            scope=Scope.COUPONS,
            block=_block(f"{place}/coupons?lang={language}", ":no_cache", "offers", _COUPONS_TEXT),
        ),
        Snippet(
            "ledger",
            _("The last bookings"),
            _("Newest first, 50 at most."),
            scope=Scope.PROFILE,
            block=_block(f"{place}/ledger?limit=5", ":no_cache", "history", _LEDGER_TEXT),
        ),
    )


def _block(url: str, caching: str, name: str, text: "StrOrPromise") -> str:
    lines = [
        "{% connected_content",
        f"  {url}",
        f'  :headers {{"{HEADER}": "{KEY}"}}',
        "  :content_type application/json",
        f"  {caching}",
        f"  :save {name}",
        "%}",
    ]
    return "\n".join([*lines, str(text)])
