"""Coupons, and coupons in the hands of an account."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_api.api import rendering
from loyalty_api.api.base import LoyaltyView, created, listed, page_of, validated
from loyalty_api.api.serializers import AssignmentSerializer, CouponSerializer, ProgramSerializer
from loyalty_api.contract import AccountCoupon, CouponText, Json
from loyalty_api.engine import coupons
from loyalty_api.engine.identity import parse_account_coupon_id
from selfservice.programs.models import Program


class CouponsView(LoyaltyView):
    def get(self, request: Request) -> Response:
        program = self.program_named(request.query_params.get("program", ""))
        limit, offset = page_of(request)
        found = coupons.list_coupons(program=program, limit=limit, offset=offset)
        total = coupons.count_coupons(program=program)
        return listed([rendering.coupon(record) for record in found], total=total)

    def post(self, request: Request) -> Response:
        program = self.program_named(validated(ProgramSerializer(data=request.data)).get("program", ""))
        fields = validated(CouponSerializer(data=request.data), program)
        fields.pop("program", None)
        texts = {language: CouponText(**text) for language, text in fields.pop("i18n_fields").items()}
        code = fields.pop("external_code", None)
        coupon = coupons.create_coupon(
            program=program,
            texts=texts,
            external_code=code["value"] if code else "",
            now=timezone.now(),
            **fields,
        )
        return created(request, "coupon", coupon.id, body=rendering.coupon(coupon))


class CouponView(LoyaltyView):
    def get(self, request: Request, coupon_id: str) -> Response:
        program = self.programs().filter(coupons__id=coupon_id).first()
        if program is None:
            raise coupons.coupon_not_found()
        return Response(rendering.coupon(coupons.get_coupon(program=program, coupon_id=coupon_id)))


class AccountCouponsView(LoyaltyView):
    def get(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        found = coupons.list_account_coupons(program=program, account_id=account_id, now=timezone.now())
        return listed([_render(record, program) for record in found], total=len(found))

    def post(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        fields = validated(AssignmentSerializer(data=request.data), program)
        assigned = coupons.assign_coupon(
            program=program,
            account_id=account_id,
            coupon_id=fields["coupon_id"],
            valid_from=fields["valid_from"],
            valid_to=fields["valid_to"],
            campaign_id=fields["reference"],
            now=timezone.now(),
        )
        return created(request, "account_coupon", assigned.id, body=_render(assigned, program))


class AccountCouponView(LoyaltyView):
    def get(self, request: Request, account_coupon_id: str) -> Response:
        program = self.program_of_coupon(account_coupon_id)
        return Response(_render(self.found(program, account_coupon_id), program))

    def program_of_coupon(self, account_coupon_id: str) -> Program:
        pair = parse_account_coupon_id(account_coupon_id)
        if pair is None:
            raise coupons.coupon_not_found()
        return self.program_of(pair.account_id)

    def found(self, program: Program, account_coupon_id: str) -> AccountCoupon:
        return coupons.get_account_coupon(program=program, account_coupon_id=account_coupon_id, now=timezone.now())


class AccountCouponCodeView(AccountCouponView):
    def get(self, request: Request, account_coupon_id: str) -> Response:
        program = self.program_of_coupon(account_coupon_id)
        return Response(rendering.external_code(self.found(program, account_coupon_id).code))


def _render(record: AccountCoupon, program: Program) -> Json:
    return rendering.account_coupon(record, program_code=program.code)
