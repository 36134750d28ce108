"""Coupon definitions."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_api.api import chapters, coupon_rendering
from loyalty_api.api.answers.coupons import CouponAnswer
from loyalty_api.api.base import LoyaltyView, created, validated
from loyalty_api.api.coupon_serializers import (
    CouponQuerySerializer,
    CouponSerializer,
    CouponStatusSerializer,
    ProgramQuerySerializer,
)
from loyalty_api.api.paging import listed, page_of
from loyalty_api.api.serializers import ProgramSerializer
from loyalty_api.engine import coupon_definitions
from loyalty_api.engine.models import Coupon
from selfservice.apidocs.operation import operation
from selfservice.programs.models import Program


class CouponsView(LoyaltyView):
    @operation(
        "List coupons",
        chapter=chapters.COUPONS,
        is_paged=True,
        query=CouponQuerySerializer,
        answers={200: list[CouponAnswer]},
    )
    def get(self, request: Request) -> Response:
        only = validated(CouponQuerySerializer(data=request.query_params))
        program = self.program_named(only.pop("program"))
        limit, offset = page_of(request)
        found = coupon_definitions.list_coupons(program=program, limit=limit, offset=offset, **only)
        total = coupon_definitions.count_coupons(program=program, **only)
        return listed([coupon_rendering.coupon(record) for record in found], total=total)

    @operation(
        "Create a coupon",
        chapter=chapters.COUPONS,
        body=CouponSerializer,
        answers={201: CouponAnswer},
        refusals=(409,),
    )
    def post(self, request: Request) -> Response:
        program = self.program_named(validated(ProgramSerializer(data=request.data)).get("program", ""))
        fields = validated(CouponSerializer(data=request.data), program)
        coupon = coupon_definitions.create_coupon(program=program, now=timezone.now(), **fields)
        return created(request, "coupon", coupon.id, body=coupon_rendering.coupon(coupon))


class CouponView(LoyaltyView):
    @operation(
        "Read a coupon",
        chapter=chapters.COUPONS,
        answers={200: CouponAnswer},
    )
    def get(self, request: Request, coupon_id: str) -> Response:
        program = self.program_of_coupon(coupon_id)
        return Response(coupon_rendering.coupon(coupon_definitions.get_coupon(program=program, coupon_id=coupon_id)))

    @operation(
        "Replace a coupon",
        chapter=chapters.COUPONS,
        body=CouponSerializer,
        answers={200: CouponAnswer},
        refusals=(409,),
        description="The whole definition: what is absent falls back to its default.",
    )
    def put(self, request: Request, coupon_id: str) -> Response:
        """The whole definition: what is absent falls back to its default."""
        program = self.program_of_coupon(coupon_id)
        fields = validated(CouponSerializer(data=request.data), program)
        coupon = coupon_definitions.replace_coupon(program=program, coupon_id=coupon_id, **fields)
        return Response(coupon_rendering.coupon(coupon))

    @operation(
        "Delete a coupon",
        chapter=chapters.COUPONS,
        answers={204: None},
    )
    def delete(self, request: Request, coupon_id: str) -> Response:
        program = self.program_of_coupon(coupon_id)
        coupon_definitions.delete_coupon(program=program, coupon_id=coupon_id, now=timezone.now())
        return Response(status=204)

    def program_of_coupon(self, coupon_id: str) -> Program:
        row = Coupon.objects.select_related("program").filter(id=coupon_id, program__org=self.org).first()
        if row is None:
            raise coupon_definitions.coupon_not_found()
        return row.program


class CouponStatusView(CouponView):
    http_method_names = ["patch"]

    @operation(
        "Change a coupon's status",
        chapter=chapters.COUPONS,
        body=CouponStatusSerializer,
        answers={200: CouponAnswer},
    )
    def patch(self, request: Request, coupon_id: str) -> Response:
        program = self.program_of_coupon(coupon_id)
        status = validated(CouponStatusSerializer(data=request.data))["status"]
        coupon = coupon_definitions.set_coupon_status(program=program, coupon_id=coupon_id, status=status)
        return Response(coupon_rendering.coupon(coupon))


class ExternalReferenceView(LoyaltyView):
    @operation(
        "Find coupons by external reference",
        chapter=chapters.COUPONS,
        query=ProgramQuerySerializer,
        answers={200: list[CouponAnswer]},
        description="404 tells that the reference is free.",
    )
    def get(self, request: Request, reference: str) -> Response:
        """The coupons that carry the reference; 404 tells that it is free."""
        asked = validated(ProgramQuerySerializer(data=request.query_params))
        program = self.program_named(asked["program"])
        found = coupon_definitions.coupons_with_reference(program=program, reference=reference)
        if not found:
            raise coupon_definitions.coupon_not_found()
        return listed([coupon_rendering.coupon(record) for record in found], total=len(found))
