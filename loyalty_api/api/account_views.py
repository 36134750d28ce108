"""Accounts and what hangs on them: memberships."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_api.api import rendering
from loyalty_api.api.base import LoyaltyView, created, listed, validated
from loyalty_api.api.serializers import (
    MembershipSerializer,
    OptinsSerializer,
    ProgramSerializer,
)
from loyalty_api.contract import Optin
from loyalty_api.engine import accounts, members
from loyalty_api.engine.optins import set_optins


class AccountsView(LoyaltyView):
    def post(self, request: Request) -> Response:
        fields = validated(ProgramSerializer(data=request.data or {}))
        account = accounts.create_account(
            program=self.program_named(fields.get("program", "")),
            interaction_id=self.interaction_id,
            now=timezone.now(),
        )
        return created(request, "account", account.id)


class AccountView(LoyaltyView):
    def get(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        return Response(rendering.account(accounts.get_account(program=program, account_id=account_id)))


class MembershipsView(LoyaltyView):
    def get(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        found = members.list_memberships(program=program, account_id=account_id)
        return listed([rendering.membership(record) for record in found], total=len(found))

    def post(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        fields = validated(MembershipSerializer(data=request.data))
        membership = members.create_membership(
            program=program,
            account_id=account_id,
            user_id=fields["user_id"],
            role=fields["member_role"],
            partner_id=fields.get("partner_id") or "",
            optins=[Optin(**optin) for optin in fields.get("optins", [])],
            now=timezone.now(),
        )
        return created(request, "membership", account_id, membership.id, body=rendering.membership(membership))


class MembershipView(LoyaltyView):
    def get(self, request: Request, account_id: str, membership_id: str) -> Response:
        program = self.program_of(account_id)
        found = members.get_membership(program=program, account_id=account_id, membership_id=membership_id)
        return Response(rendering.membership(found))


class OptinsView(LoyaltyView):
    def patch(self, request: Request, account_id: str, membership_id: str) -> Response:
        program = self.program_of(account_id)
        fields = validated(OptinsSerializer(data=request.data))
        set_optins(
            program=program,
            account_id=account_id,
            membership_id=membership_id,
            optins=[Optin(**optin) for optin in fields["optins"]],
            now=timezone.now(),
        )
        return Response(status=204)
