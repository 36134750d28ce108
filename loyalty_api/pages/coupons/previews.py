"""How a coupon looks to members: as a card, and as messages are told of it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from loyalty_api.contract import AccountCoupon, Coupon, CouponImage, CouponText
from loyalty_api.engine.images import without_host
from loyalty_api.pages.coupons import words
from loyalty_api.pages.coupons.form import CouponForm
from loyalty_api.pages.coupons.languages import lang_tag, language_name, languages_of
from selfservice.programs.models import Program

# Each member's coupon has an id of its own.
SOME_ID = "…"


@dataclass(frozen=True, slots=True)
class Card:
    lang: str
    language_name: str
    text: CouponText
    in_messages: str


@dataclass(frozen=True, slots=True)
class Preview:
    """`image` is the path of one that lies here; `foreign_image` the address of one that does not, which pages do not
    load."""

    cards: Sequence[Card]
    worth: str
    validity: str
    code: str
    image: str
    foreign_image: str


def preview_of(program: Program, coupon: Coupon) -> Preview:
    sample = AccountCoupon(
        id=SOME_ID,
        account_id=SOME_ID,
        coupon_id=coupon.id,
        code=coupon.external_code or SOME_ID,
        usage_type=coupon.usage_type,
        value=coupon.value,
        status="ACTIVE",
        valid_from=coupon.valid_from,
        valid_to=coupon.valid_to,
        image_url=coupon.image_url,
        texts=coupon.texts,
        activatable=coupon.activatable,
    )
    return _preview(program, sample)


def preview_of_form(program: Program, form: CouponForm, *, coupon_id: str, images: Sequence[CouponImage]) -> Preview:
    """Of what somebody has written so far; the form has been checked, and may be wrong in places."""
    given: Mapping[str, Any] = form.cleaned_data
    has_window = given.get("has_window")
    sample = AccountCoupon(
        id=SOME_ID,
        account_id=SOME_ID,
        coupon_id=coupon_id or SOME_ID,
        code=given.get("external_code") or SOME_ID,
        usage_type=given.get("usage_type", ""),
        value=_number(given.get("value")),
        status="ACTIVE",
        valid_from=given.get("valid_from") if has_window else None,
        valid_to=given.get("valid_to") if has_window else None,
        image_url=images[0].path if images else "",
        texts=form.texts,
        activatable=bool(given.get("activatable")),
    )
    # What is worth nothing yet is not worth 0 either.
    return replace(_preview(program, sample), worth=form.worth or SOME_ID)


def _preview(program: Program, sample: AccountCoupon) -> Preview:
    path = without_host(sample.image_url)
    is_here = path.startswith("/")
    return Preview(
        cards=[_card(sample, language) for language in languages_of(program, sample.texts) if language in sample.texts]
        or [_card(sample, program.language)],
        worth=words.worth(Decimal(str(sample.value)), sample.usage_type) if sample.usage_type else "",
        validity=words.validity(sample.valid_from, sample.valid_to),
        code=sample.code,
        image=path if is_here else "",
        foreign_image="" if is_here else path,
    )


def _card(sample: AccountCoupon, language: str) -> Card:
    told: Callable[..., Mapping[str, Any]] = import_string(settings.LOYALTY_COUPON_IN_MESSAGES)
    text = json.dumps(told(sample, languages=(language,)), ensure_ascii=False, indent=2)
    return Card(lang_tag(language), language_name(language), sample.texts.get(language, CouponText()), text)


def _number(value: Decimal | None) -> float:
    if value is None:
        return 0
    return int(value) if value == int(value) else float(value)
