"""Rows of the embedded platform."""

from datetime import UTC, datetime

import factory

from loyalty_api.engine import models
from loyalty_api.engine.search_words import refresh_coupon_words
from selfservice.programs.models import Program

LONG_AGO = datetime(2026, 1, 15, 8, 30, tzinfo=UTC)


class ProgramFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Program

    code = factory.Sequence(lambda n: f"club-{n}")
    name = factory.LazyAttribute(lambda o: f"The {o.code}")
    org = factory.LazyAttribute(lambda o: f"org-of-{o.code}")
    optins = factory.LazyFunction(lambda: ["email consent", "newsletter", "Post"])


class LevelFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Level

    program = factory.SubFactory(ProgramFactory)
    slug = factory.Sequence(lambda n: f"level-{n}")
    name = factory.LazyAttribute(lambda o: o.slug.capitalize())
    needed_status_points = 0


class AccountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Account

    program = factory.SubFactory(ProgramFactory)
    created_at = LONG_AGO


class IdentifierFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Identifier

    account = factory.SubFactory(AccountFactory)
    program = factory.SelfAttribute("account.program")
    type = "CARDCODE"
    code = factory.Sequence(lambda n: f"CARD{n:06}")
    created_at = LONG_AGO


class PartnerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Partner

    program = factory.SubFactory(ProgramFactory)
    name = factory.Sequence(lambda n: f"Partner {n}")


class StoreFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Store

    partner = factory.SubFactory(PartnerFactory)
    name = factory.Sequence(lambda n: f"Store {n}")


class InteractionPointFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.InteractionPoint

    program = factory.SubFactory(ProgramFactory)
    code = factory.Sequence(lambda n: f"till-{n}")


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.User

    org = factory.Sequence(lambda n: f"org-{n}")
    email_address = factory.Sequence(lambda n: f"person-{n}@example.org")
    given_name = "Ada"
    family_name = "Rossi"
    created_at = LONG_AGO


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Membership

    account = factory.SubFactory(AccountFactory)
    user = factory.SubFactory(UserFactory, org=factory.SelfAttribute("..account.program.org"))
    role = "OWNER"
    partner_id = "p-1"
    created_at = LONG_AGO


class CouponFactory(factory.django.DjangoModelFactory):
    """Found by its words, as one that was saved by the engine."""

    class Meta:
        model = models.Coupon
        skip_postgeneration_save = True

    program = factory.SubFactory(ProgramFactory)
    name = factory.Sequence(lambda n: f"Coupon {n}")
    usage_type = "DISCOUNT"
    value = 20
    texts = factory.LazyFunction(lambda: {"en": {"title": "20 % off", "description": "One item"}})
    points_of_redemption = factory.LazyAttribute(lambda o: [{"unitType": "PROGRAM", "value": o.program.code}])
    created_at = LONG_AGO

    @factory.post_generation
    def words(self, create, _extracted):
        if create:
            refresh_coupon_words(self)
