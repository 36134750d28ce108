"""Accounts: opened, shown, merged, locked and deleted."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_api.api import member_rendering, rendering
from loyalty_api.api.base import LoyaltyView, created, validated
from loyalty_api.api.member_serializers import AccountSerializer, FraudSerializer, MergeSerializer
from loyalty_api.engine import accounts, closing, records
from loyalty_api.engine.account_details import account_details
from loyalty_api.engine.merging import merge_accounts


class AccountsView(LoyaltyView):
    def post(self, request: Request) -> Response:
        fields = validated(AccountSerializer(data=request.data or {}))
        program = self.program_named(fields["program"])
        account = accounts.create_account(
            program=program,
            interaction_id=self.point_in(program).id,
            custom_properties=fields["custom_properties"],
            now=timezone.now(),
        )
        return created(request, "account", account.id)


class AccountView(LoyaltyView):
    def get(self, request: Request, account_id: str) -> Response:
        record = records.account(self.account, program_code=self.account.program.code)
        return Response(rendering.account(record))

    def delete(self, request: Request, account_id: str) -> Response:
        closing.delete_account(program=self.account.program, account_id=account_id, now=timezone.now())
        return Response(status=204)


class AccountDetailsView(LoyaltyView):
    """Its part of the path is named otherwise, because the account is found and read in one statement."""

    reads_point = False

    def get(self, request: Request, code: str) -> Response:
        details = account_details(
            org=self.org,
            code=code,
            id_type=self.id_type,
            interaction_id=self.interaction_header,
            now=timezone.now(),
        )
        return Response(member_rendering.account_details(details))


class MergeView(LoyaltyView):
    def put(self, request: Request, account_id: str) -> Response:
        fields = validated(MergeSerializer(data=request.data))
        merge_accounts(
            program=self.account.program,
            source_id=account_id,
            target_id=fields["target_account_id"],
            now=timezone.now(),
        )
        return Response(status=204)


class FraudView(LoyaltyView):
    def get(self, request: Request, account_id: str) -> Response:
        record = closing.get_fraud_case(program=self.account.program, account_id=account_id)
        return Response(member_rendering.fraud_case(record))

    def post(self, request: Request, account_id: str) -> Response:
        fields = validated(FraudSerializer(data=request.data))
        record = closing.open_fraud_case(
            program=self.account.program, account_id=account_id, now=timezone.now(), **fields
        )
        return created(request, "fraud", account_id, body=member_rendering.fraud_case(record))

    def delete(self, request: Request, account_id: str) -> Response:
        closing.close_fraud_case(program=self.account.program, account_id=account_id)
        return Response(status=204)
