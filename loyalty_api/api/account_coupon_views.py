"""Coupons in the hands of an account: listed, assigned, activated, redeemed."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_api.api import chapters, coupon_rendering
from loyalty_api.api.answers.coupons import (
    AccountCouponAnswer,
    ExternalCodeAnswer,
    RedemptionAnswer,
    RedemptionPreviewAnswer,
)
from loyalty_api.api.base import LoyaltyView, created, validated
from loyalty_api.api.coupon_serializers import (
    ActivationSerializer,
    AssignedQuerySerializer,
    AssignmentSerializer,
    PromoCodeSerializer,
)
from loyalty_api.api.paging import listed, page_of
from loyalty_api.contract import AccountCoupon, LoyaltyError, Redemption
from loyalty_api.engine import coupons, redemptions
from loyalty_api.engine.accounts import account_not_found
from loyalty_api.engine.coupon_definitions import coupon_not_found
from loyalty_api.engine.identity import parse_account_coupon_id
from loyalty_api.engine.models import Account
from loyalty_api.engine.places import interaction_point_unknown
from selfservice.apidocs.operation import operation
from selfservice.programs.models import Program

REDEEMING = (
    "Refused with 400 and a `code`: `CONDITION_NOT_FULFILLED` (`detail` names every condition that fails: "
    "`NOT_YET_REDEEMABLE`, `NO_LONGER_REDEEMABLE`, `NO_MORE_REDEEM_BY_ACCOUNT`, `NO_MORE_REDEEM_BY_PROGRAM`, "
    "`NO_MORE_REDEEM_BY_PROMOCODE`, `WRONG_STATE_LEVEL`, `WRONG_INTERACTION_POINT`, `INSUFFICIENT_POINTS`), "
    "`CONDITION_NOT_DEFINED`, `COUPON_NOT_ACTIVATABLE`, `COUPON_NOT_MANUAL_REDEEMABLE`. Of two at once on one account "
    "one gets 409 `COUPON_REDEMPTION_IN_PROGRESS`."
)


class AccountCouponsView(LoyaltyView):
    @operation(
        "List an account's coupons",
        chapter=chapters.ACCOUNT_COUPONS,
        is_paged=True,
        query=AssignedQuerySerializer,
        answers={200: list[AccountCouponAnswer]},
        description=(
            "Every coupon that the account can reach, or those alone that were assigned under a reference. Without "
            "`size` they are all on one page."
        ),
    )
    def get(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        reference = validated(AssignedQuerySerializer(data=request.query_params))["reference"]
        now = timezone.now()
        if reference:
            found = coupons.coupons_assigned_for(program=program, account_id=account_id, reference=reference, now=now)
            return listed([coupon_rendering.assigned_coupon(record, reference) for record in found], total=len(found))
        found = coupons.list_account_coupons(program=program, account_id=account_id, now=now)
        limit, offset = page_of(request)
        page = found[offset : offset + limit] if "size" in request.query_params else found
        return listed([coupon_rendering.account_coupon(record) for record in page], total=len(found))

    @operation(
        "Assign a coupon",
        chapter=chapters.ACCOUNT_COUPONS,
        body=AssignmentSerializer,
        answers={201: AccountCouponAnswer},
        description=(
            "Assigned again to the same account, it may be redeemed more often; its id stays. Send `brazeCampaignId`, "
            "empty if need be, and the `reference` is yours: sent again for the same account and coupon, it changes "
            "nothing, and `GET` with `?reference=` lists what was assigned under it. Without `brazeCampaignId` the "
            "reference is taken for the campaign."
        ),
    )
    def post(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        fields = validated(AssignmentSerializer(data=request.data), program)
        # Callers from before there was a field for the campaign name it in the reference.
        campaign_id, reference = fields["braze_campaign_id"], fields["reference"]
        campaign_id, reference = (reference, "") if campaign_id is None else (campaign_id, reference)
        assigned = coupons.assign_coupon(
            program=program,
            account_id=account_id,
            coupon_id=fields["coupon_id"],
            valid_from=fields["valid_from"],
            valid_to=fields["valid_to"],
            campaign_id=campaign_id,
            reference=reference,
            now=timezone.now(),
        )
        return created(request, "account_coupon", assigned.id, body=coupon_rendering.account_coupon(assigned))


class CouponRedemptionsView(LoyaltyView):
    @operation(
        "List an account's redemptions",
        chapter=chapters.ACCOUNT_COUPONS,
        is_paged=True,
        answers={200: list[RedemptionAnswer]},
        description="The newest first.",
    )
    def get(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        limit, offset = page_of(request)
        found = redemptions.list_redemptions(program=program, account_id=account_id, limit=limit, offset=offset)
        total = redemptions.count_redemptions(program=program, account_id=account_id)
        return listed([coupon_rendering.redemption(record) for record in found], total=total)


class AccountCouponView(LoyaltyView):
    """The id names coupon and account, so `id-type` says nothing here and is not looked at."""

    @operation(
        "Read an account's coupon",
        chapter=chapters.ACCOUNT_COUPONS,
        answers={200: AccountCouponAnswer},
    )
    def get(self, request: Request, account_coupon_id: str) -> Response:
        program = self.program_of_pair(account_coupon_id)
        return Response(coupon_rendering.account_coupon(self.found(program, account_coupon_id)))

    @operation(
        "Redeem",
        chapter=chapters.ACCOUNT_COUPONS,
        answers={204: None},
        refusals=(409,),
        description=f"There is no body, neither way. {REDEEMING}",
    )
    def patch(self, request: Request, account_coupon_id: str) -> Response:
        """Redeems. There is no body, neither way."""
        self.redeem(account_coupon_id)
        return Response(status=204)

    def redeem(self, account_coupon_id: str) -> Redemption:
        return redemptions.redeem_account_coupon(
            program=self.program_of_pair(account_coupon_id),
            account_coupon_id=account_coupon_id,
            interaction_id=self.interaction_id,
            now=timezone.now(),
        )

    def program_of_pair(self, account_coupon_id: str) -> Program:
        pair = parse_account_coupon_id(account_coupon_id)
        program = self.program_with(pair.account_id) if pair else None
        if program is None:
            raise coupon_not_found()
        return program

    def program_with(self, account_id: str) -> Program | None:
        """Refuses an interaction point of another program."""
        row = Account.objects.select_related("program").filter(id=account_id, program__org=self.org).first()
        if row and self.points and row.program not in [point.program for point in self.points]:
            raise interaction_point_unknown()
        return row.program if row else None

    def found(self, program: Program, account_coupon_id: str) -> AccountCoupon:
        return coupons.get_account_coupon(program=program, account_coupon_id=account_coupon_id, now=timezone.now())


class AccountCouponCodeView(AccountCouponView):
    http_method_names = ["get", "head"]

    @operation(
        "Read the usable code",
        chapter=chapters.ACCOUNT_COUPONS,
        answers={200: ExternalCodeAnswer},
        description="What the till scans or the member types; print it as its type says.",
    )
    def get(self, request: Request, account_coupon_id: str) -> Response:
        record = self.found(self.program_of_pair(account_coupon_id), account_coupon_id)
        return Response(coupon_rendering.external_code(record.code, record.external_code_type))


class AccountCouponActivationView(AccountCouponView):
    http_method_names = ["patch"]

    @operation(
        "Activate or deactivate",
        chapter=chapters.ACCOUNT_COUPONS,
        body=ActivationSerializer,
        answers={204: None},
    )
    def patch(self, request: Request, account_coupon_id: str) -> Response:
        program = self.program_of_pair(account_coupon_id)
        coupons.set_activation(
            program=program,
            account_coupon_id=account_coupon_id,
            activated=validated(ActivationSerializer(data=request.data))["activated"],
            now=timezone.now(),
        )
        return Response(status=204)


class RedemptionView(AccountCouponView):
    """The third version: an account's coupon or, by `id-type`, a promo code."""

    id_types = ("ACCOUNTCOUPON", "PROMOCODE")
    http_method_names = ["patch"]

    @operation(
        "Redeem, also by promo code",
        chapter=chapters.ACCOUNT_COUPONS,
        body=PromoCodeSerializer,
        is_body_required=False,
        answers={200: RedemptionAnswer},
        refusals=(409,),
        description=(
            "With `id-type: PROMOCODE` the path holds the printed code, and the body says who redeems it; an account's "
            f"coupon needs no body. {REDEEMING}"
        ),
    )
    def patch(self, request: Request, account_coupon_id: str) -> Response:
        fields = validated(PromoCodeSerializer(data=request.data))
        match request.headers.get("id-type", "").strip().upper() or "ACCOUNTCOUPON":
            case "ACCOUNTCOUPON":
                redemption = self.redeem(account_coupon_id)
            case "PROMOCODE":
                redemption = self.redeem_promo_code(account_coupon_id, fields)
            case _:
                raise LoyaltyError("ID_TYPE_UNSUPPORTED", "The id-type is ACCOUNTCOUPON or PROMOCODE here.")
        return Response(coupon_rendering.redemption(redemption))

    def redeem_promo_code(self, code: str, fields: dict[str, Any]) -> Redemption:
        account_id = fields["account_id"] or ""
        program = self.program_with(account_id) if account_id else self.program_named(fields["program"])
        if program is None:
            raise account_not_found()
        return redemptions.redeem_promo_code(
            program=program,
            code=code,
            account_id=account_id,
            interaction_id=self.interaction_id,
            now=timezone.now(),
        )


class RedemptionPreviewView(AccountCouponView):
    http_method_names = ["get", "head"]

    @operation(
        "Preview a redemption",
        chapter=chapters.ACCOUNT_COUPONS,
        answers={200: RedemptionPreviewAnswer},
        description="What redeeming the reward now would do to the points.",
    )
    def get(self, request: Request, account_coupon_id: str) -> Response:
        preview = redemptions.preview_redemption(
            program=self.program_of_pair(account_coupon_id),
            account_coupon_id=account_coupon_id,
            interaction_id=self.interaction_id,
            now=timezone.now(),
        )
        return Response(coupon_rendering.preview(preview))
