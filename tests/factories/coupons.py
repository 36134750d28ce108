"""Rows around coupons, and images for them."""

import struct
import zlib

import factory

from loyalty_api.engine.coupon_models import CouponRedemption, PromoCode
from loyalty_api.engine.place_models import InteractionPoint, Partner, Store
from tests.factories.engine import LONG_AGO, AccountFactory, CouponFactory, ProgramFactory


class PromoCodeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PromoCode

    coupon = factory.SubFactory(CouponFactory, assignation_type="PROMOCODE")
    program = factory.SelfAttribute("coupon.program")
    code = factory.Sequence(lambda n: f"PROMO{n}")


class PartnerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Partner

    program = factory.SubFactory(ProgramFactory)
    name = factory.Sequence(lambda n: f"Partner {n}")


class StoreFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Store

    partner = factory.SubFactory(PartnerFactory)
    name = factory.Sequence(lambda n: f"Store {n}")


class InteractionPointFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = InteractionPoint

    program = factory.SubFactory(ProgramFactory)
    code = factory.Sequence(lambda n: f"till-{n}")


class CouponRedemptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CouponRedemption

    coupon = factory.SubFactory(CouponFactory)
    program = factory.SelfAttribute("coupon.program")
    account = factory.SubFactory(AccountFactory, program=factory.SelfAttribute("..coupon.program"))
    usage_type = factory.SelfAttribute("coupon.usage_type")
    value = factory.SelfAttribute("coupon.value")
    redeemed_at = LONG_AGO


def png(width=4, height=2, colour=(13, 100, 96)):
    """The bytes of a small picture in one colour."""
    rows = (b"\0" + bytes(colour) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    framed = (
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)
