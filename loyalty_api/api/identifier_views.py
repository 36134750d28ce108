"""How an account is found: its further codes, and the search."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_api.api import member_rendering
from loyalty_api.api.base import LoyaltyView, created, listed, validated
from loyalty_api.api.member_serializers import IdentifierSerializer, SearchSerializer
from loyalty_api.engine import identifiers
from loyalty_api.engine.models import IdentifierStatus
from loyalty_api.engine.search import DOMAINS, search


class IdentifiersView(LoyaltyView):
    def get(self, request: Request, account_id: str) -> Response:
        found = identifiers.list_identifiers(program=self.account.program, account_id=account_id)
        return listed([member_rendering.identifier(record) for record in found], total=len(found))

    def post(self, request: Request, account_id: str) -> Response:
        fields = validated(IdentifierSerializer(data=request.data))
        record = identifiers.create_identifier(
            program=self.account.program,
            account_id=account_id,
            type_=fields["type"],
            code=fields.get("code") or "",
            display_code=fields.get("display_code") or "",
            now=timezone.now(),
        )
        return created(request, "identifier", account_id, record.id, body=member_rendering.identifier(record))


class IdentifierView(LoyaltyView):
    def get(self, request: Request, account_id: str, identifier_id: str) -> Response:
        record = identifiers.get_identifier(
            program=self.account.program, account_id=account_id, identifier_id=identifier_id
        )
        return Response(member_rendering.identifier(record))


class IdentifierStatusView(LoyaltyView):
    """Locks or unlocks, as its address says."""

    status = IdentifierStatus.ACTIVE

    def post(self, request: Request, account_id: str, identifier_id: str) -> Response:
        identifiers.set_identifier_status(
            program=self.account.program, account_id=account_id, identifier_id=identifier_id, status=self.status
        )
        return Response(status=204)


class SearchView(LoyaltyView):
    def post(self, request: Request) -> Response:
        fields = validated(SearchSerializer(data=request.data))
        asked = fields.get("type")
        hits = search(programs=list(self.programs()), term=fields["search_term"], domains=[asked] if asked else DOMAINS)
        return Response(member_rendering.search_results(fields["search_term"], hits))
