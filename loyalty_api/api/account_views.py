"""Accounts: opened, shown, merged, locked and deleted."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_api.api import chapters, member_rendering, rendering
from loyalty_api.api.answers.members import AccountAnswer, AccountDetailsAnswer, FraudCaseAnswer
from loyalty_api.api.base import LoyaltyView, created, validated
from loyalty_api.api.member_serializers import AccountSerializer, FraudSerializer, MergeSerializer
from loyalty_api.engine import accounts, closing, records
from loyalty_api.engine.account_details import account_details
from loyalty_api.engine.merging import merge_accounts
from selfservice.apidocs.operation import operation


class AccountsView(LoyaltyView):
    @operation(
        "Open an account",
        chapter=chapters.ACCOUNTS,
        body=AccountSerializer,
        is_body_required=False,
        answers={201: None},
        description="It is anonymous until a membership is created. `Location` ends in its id; there is no body.",
    )
    def post(self, request: Request) -> Response:
        fields = validated(AccountSerializer(data=request.data))
        program = self.program_named(fields["program"])
        account = accounts.create_account(
            program=program,
            interaction_id=self.point_in(program).id,
            custom_properties=fields["custom_properties"],
            now=timezone.now(),
        )
        return created(request, "account", account.id)


class AccountView(LoyaltyView):
    @operation(
        "Read an account",
        chapter=chapters.ACCOUNTS,
        answers={200: AccountAnswer},
        description="Also the way from a card's code to the account's id.",
    )
    def get(self, request: Request, account_id: str) -> Response:
        program = self.program_of(account_id)
        account = accounts.find_account(program=program, account_id=account_id)
        record = records.account(account, program_code=program.code)
        return Response(rendering.account(record))

    @operation(
        "Delete an anonymous account",
        chapter=chapters.ACCOUNTS,
        answers={204: None},
        description="One with a membership is refused.",
    )
    def delete(self, request: Request, account_id: str) -> Response:
        closing.delete_account(program=self.program_of(account_id), account_id=account_id, now=timezone.now())
        return Response(status=204)


class AccountDetailsView(LoyaltyView):
    """Its part of the path is named otherwise, because the account is found and read in one statement."""

    reads_point = False
    path_names = {"code": "accountId"}

    @operation(
        "Read everything about an account",
        chapter=chapters.ACCOUNTS,
        answers={200: AccountDetailsAnswer},
        description="One call for a screen at the till: balance, level, members, identifiers and coupons.",
    )
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
    @operation(
        "Merge an account into another",
        chapter=chapters.ACCOUNTS,
        body=MergeSerializer,
        answers={204: None},
        refusals=(409,),
        description="The account in the path ends; all it had is the target's.",
    )
    def put(self, request: Request, account_id: str) -> Response:
        fields = validated(MergeSerializer(data=request.data))
        merge_accounts(
            program=self.program_of(account_id),
            source_id=account_id,
            target_id=fields["target_account_id"],
            now=timezone.now(),
        )
        return Response(status=204)


class FraudView(LoyaltyView):
    @operation(
        "Read why an account is locked",
        chapter=chapters.ACCOUNTS,
        answers={200: FraudCaseAnswer},
    )
    def get(self, request: Request, account_id: str) -> Response:
        record = closing.get_fraud_case(program=self.program_of(account_id), account_id=account_id)
        return Response(member_rendering.fraud_case(record))

    @operation(
        "Lock an account for fraud",
        chapter=chapters.ACCOUNTS,
        body=FraudSerializer,
        answers={201: FraudCaseAnswer},
        refusals=(409,),
    )
    def post(self, request: Request, account_id: str) -> Response:
        fields = validated(FraudSerializer(data=request.data))
        record = closing.open_fraud_case(
            program=self.program_of(account_id), account_id=account_id, now=timezone.now(), **fields
        )
        return created(request, "fraud", account_id, body=member_rendering.fraud_case(record))

    @operation(
        "Unlock an account",
        chapter=chapters.ACCOUNTS,
        answers={204: None},
    )
    def delete(self, request: Request, account_id: str) -> Response:
        closing.close_fraud_case(program=self.program_of(account_id), account_id=account_id)
        return Response(status=204)
