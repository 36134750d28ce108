"""How an account is found: its further codes, and the search."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_api.api import chapters, member_rendering
from loyalty_api.api.answers.members import IdentifierAnswer, SearchAnswer
from loyalty_api.api.base import LoyaltyView, created, validated
from loyalty_api.api.member_serializers import IdentifierSerializer, SearchSerializer
from loyalty_api.api.paging import listed
from loyalty_api.engine import identifiers
from loyalty_api.engine.models import IdentifierStatus
from loyalty_api.engine.search import DOMAINS, search
from selfservice.apidocs.operation import operation


class IdentifiersView(LoyaltyView):
    @operation(
        "List an account's identifiers",
        chapter=chapters.IDENTIFIERS,
        answers={200: list[IdentifierAnswer]},
    )
    def get(self, request: Request, account_id: str) -> Response:
        found = identifiers.list_identifiers(program=self.program_of(account_id), account_id=account_id)
        return listed([member_rendering.identifier(record) for record in found], total=len(found))

    @operation(
        "Add an identifier",
        chapter=chapters.IDENTIFIERS,
        body=IdentifierSerializer,
        answers={201: IdentifierAnswer},
        refusals=(409,),
        description="Without a code one is made.",
    )
    def post(self, request: Request, account_id: str) -> Response:
        fields = validated(IdentifierSerializer(data=request.data))
        record = identifiers.create_identifier(
            program=self.program_of(account_id),
            account_id=account_id,
            type_=fields["type"],
            code=fields.get("code") or "",
            display_code=fields.get("display_code") or "",
            now=timezone.now(),
        )
        return created(request, "identifier", account_id, record.id, body=member_rendering.identifier(record))


class IdentifierView(LoyaltyView):
    @operation(
        "Read an identifier",
        chapter=chapters.IDENTIFIERS,
        answers={200: IdentifierAnswer},
    )
    def get(self, request: Request, account_id: str, identifier_id: str) -> Response:
        record = identifiers.get_identifier(
            program=self.program_of(account_id), account_id=account_id, identifier_id=identifier_id
        )
        return Response(member_rendering.identifier(record))


class IdentifierStatusView(LoyaltyView):
    def set_status(self, identifier_id: str, status: IdentifierStatus) -> Response:
        identifiers.set_identifier_status(
            program=self.program_of(self.account_id),
            account_id=self.account_id,
            identifier_id=identifier_id,
            status=status,
        )
        return Response(status=204)


class IdentifierLockView(IdentifierStatusView):
    @operation(
        "Lock an identifier",
        chapter=chapters.IDENTIFIERS,
        answers={204: None},
        description="It no longer leads to the account, which its others still do.",
    )
    def post(self, request: Request, account_id: str, identifier_id: str) -> Response:
        return self.set_status(identifier_id, IdentifierStatus.LOCKED)


class IdentifierUnlockView(IdentifierStatusView):
    @operation(
        "Unlock an identifier",
        chapter=chapters.IDENTIFIERS,
        answers={204: None},
    )
    def post(self, request: Request, account_id: str, identifier_id: str) -> Response:
        return self.set_status(identifier_id, IdentifierStatus.ACTIVE)


class SearchView(LoyaltyView):
    @operation(
        "Search",
        chapter=chapters.SEARCH,
        body=SearchSerializer,
        answers={200: SearchAnswer},
        description="Each word must begin a word of what is found; a birth date stands alone.",
    )
    def post(self, request: Request) -> Response:
        fields = validated(SearchSerializer(data=request.data))
        asked = fields.get("type")
        hits = search(programs=list(self.programs()), term=fields["search_term"], domains=[asked] if asked else DOMAINS)
        return Response(member_rendering.search_results(fields["search_term"], hits))
