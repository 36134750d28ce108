"""Who belongs to an account, and what they agreed to."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_api.api import chapters, rendering
from loyalty_api.api.answers.members import MembershipAnswer
from loyalty_api.api.base import LoyaltyView, created, validated
from loyalty_api.api.member_serializers import MembershipChangeSerializer
from loyalty_api.api.paging import listed
from loyalty_api.api.serializers import MembershipSerializer, OptinsSerializer
from loyalty_api.contract import Optin
from loyalty_api.engine import members
from loyalty_api.engine.optins import set_optins
from selfservice.apidocs.operation import operation


class MembershipsView(LoyaltyView):
    @operation(
        "List an account's memberships",
        chapter=chapters.MEMBERSHIPS,
        answers={200: list[MembershipAnswer]},
    )
    def get(self, request: Request, account_id: str) -> Response:
        found = members.list_memberships(program=self.program_of(account_id), account_id=account_id)
        return listed([rendering.membership(record) for record in found], total=len(found))

    @operation(
        "Make a user a member",
        chapter=chapters.MEMBERSHIPS,
        body=MembershipSerializer,
        answers={201: MembershipAnswer},
        refusals=(409,),
        description="Without a partner it is that of the interaction point.",
    )
    def post(self, request: Request, account_id: str) -> Response:
        """Without a partner it is that of the interaction point."""
        program = self.program_of(account_id)
        fields = validated(MembershipSerializer(data=request.data))
        membership = members.create_membership(
            program=program,
            account_id=account_id,
            user_id=fields["user_id"],
            role=fields["member_role"],
            partner_id=fields.get("partner_id") or self.point_in(program).partner_id,
            optins=[Optin(**optin) for optin in fields.get("optins", [])],
            now=timezone.now(),
        )
        return created(request, "membership", account_id, membership.id, body=rendering.membership(membership))


class MembershipView(LoyaltyView):
    @operation(
        "Read a membership",
        chapter=chapters.MEMBERSHIPS,
        answers={200: MembershipAnswer},
    )
    def get(self, request: Request, account_id: str, membership_id: str) -> Response:
        program = self.program_of(account_id)
        found = members.get_membership(program=program, account_id=account_id, membership_id=membership_id)
        return Response(rendering.membership(found))

    @operation(
        "Change a membership",
        chapter=chapters.MEMBERSHIPS,
        body=MembershipChangeSerializer,
        is_body_required=False,
        answers={200: MembershipAnswer},
        refusals=(409,),
        description="Absent fields stay as they are.",
    )
    def patch(self, request: Request, account_id: str, membership_id: str) -> Response:
        fields = validated(MembershipChangeSerializer(data=request.data))
        membership = members.update_membership(
            program=self.program_of(account_id),
            account_id=account_id,
            membership_id=membership_id,
            role=fields.get("member_role"),
            partner_id=(fields["partner_id"] or "") if "partner_id" in fields else None,
            optins=[Optin(**optin) for optin in fields.get("optins", [])],
            now=timezone.now(),
        )
        return Response(rendering.membership(membership))

    @operation(
        "End a membership",
        chapter=chapters.MEMBERSHIPS,
        answers={204: None},
        description="Account, points and user stay.",
    )
    def delete(self, request: Request, account_id: str, membership_id: str) -> Response:
        members.remove_membership(
            program=self.program_of(account_id), account_id=account_id, membership_id=membership_id, now=timezone.now()
        )
        return Response(status=204)


class OptinsView(LoyaltyView):
    @operation(
        "Change opt-ins",
        chapter=chapters.MEMBERSHIPS,
        body=OptinsSerializer,
        answers={204: None},
        description="Channels that are not named stay as they are.",
    )
    def patch(self, request: Request, account_id: str, membership_id: str) -> Response:
        fields = validated(OptinsSerializer(data=request.data))
        set_optins(
            program=self.program_of(account_id),
            account_id=account_id,
            membership_id=membership_id,
            optins=[Optin(**optin) for optin in fields["optins"]],
            campaign_id=fields["braze_campaign_id"] or "",
            now=timezone.now(),
        )
        return Response(status=204)
