"""Rows around coupons."""

import factory

from loyalty_api.engine.coupon_models import PromoCode
from loyalty_api.engine.place_models import InteractionPoint, Partner, Store
from tests.factories.engine import CouponFactory, ProgramFactory


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
