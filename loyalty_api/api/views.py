"""Signing in and out, programs, and their places."""

from datetime import timedelta
from math import ceil
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_api.api import chapters, member_rendering, rendering
from loyalty_api.api.answers.members import InteractionPointAnswer, PartnerAnswer, ProgramAnswer, StoreAnswer
from loyalty_api.api.base import LoyaltyView, validated
from loyalty_api.api.errors import refusal
from loyalty_api.api.paging import listed
from loyalty_api.api.serializers import LoginSerializer
from loyalty_api.api.tokens import issue_token, read_token
from loyalty_api.engine import places
from loyalty_api.engine.logins import LoginLocked, revoke_token, sign_in
from loyalty_api.engine.tiers import levels_of
from selfservice.apidocs.operation import operation
from selfservice.programs.models import Program


class AnyAccept(DefaultContentNegotiation):
    """The token is plain text and a refusal JSON, so no one type that a caller may ask for fits both."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class LoginView(LoyaltyView):
    content_negotiation_class = AnyAccept
    authentication_classes = ()
    permission_classes = ()

    @operation(
        "Sign in",
        chapter=chapters.AUTH,
        body=LoginSerializer,
        answers={200: str},
        media_types={200: "text/plain"},
        refusals=(429,),
        description="The answer is the token itself, as plain text. It is good for 24 hours.",
    )
    def post(self, request: Request) -> HttpResponseBase:
        """The token is the whole body, as plain text."""
        fields = validated(LoginSerializer(data=request.data))
        try:
            user = sign_in(
                org=fields["org"],
                user_name=fields["user_name"],
                password=fields["password"],
                address=request.META.get("REMOTE_ADDR", ""),
                now=timezone.now(),
            )
        except LoginLocked as error:
            return _locked(error)
        if user is None:
            return refusal(401, "AUTHENTICATION_FAILED", "The organisation, the user name or the password is wrong.")
        programs = list(Program.objects.filter(org=user.org).order_by("code").values_list("code", flat=True))
        token = issue_token(org=user.org, user_name=user.user_name, programs=programs, now=timezone.now())
        return HttpResponse(token, content_type="text/plain", headers={"Cache-Control": "no-store"})


class LogoutView(LoyaltyView):
    @operation(
        "Sign out",
        chapter=chapters.AUTH,
        answers={204: None},
        description="Ends the token that the call was made with.",
    )
    def post(self, request: Request) -> Response:
        """Ends the token that the call was made with."""
        token = str(request.auth)
        revoke_token(token=token, expires_at=read_token(token).expires_at, now=timezone.now())
        return Response(status=204)


class ProgramsView(LoyaltyView):
    @operation(
        "List the programs",
        chapter=chapters.PROGRAMS,
        answers={200: list[ProgramAnswer]},
    )
    def get(self, request: Request) -> Response:
        found = [rendering.program(row, levels=levels_of(row)) for row in self.programs().order_by("code")]
        return listed(found, total=len(found))


class ProgramView(LoyaltyView):
    path_names = {"code": "programId"}

    @operation(
        "Read a program",
        chapter=chapters.PROGRAMS,
        answers={200: ProgramAnswer},
        description="With its levels and its opt-in channels.",
    )
    def get(self, request: Request, code: str) -> Response:
        program = self.program_at(code)
        return Response(rendering.program(program, levels=levels_of(program)))


class PartnersView(LoyaltyView):
    path_names = {"code": "programId"}

    @operation(
        "List the partners",
        chapter=chapters.PROGRAMS,
        answers={200: list[PartnerAnswer]},
    )
    def get(self, request: Request, code: str) -> Response:
        found = places.list_partners(program=self.program_at(code))
        return listed([member_rendering.partner(record) for record in found], total=len(found))


class StoresView(LoyaltyView):
    path_names = {"code": "programId"}

    @operation(
        "List the stores",
        chapter=chapters.PROGRAMS,
        answers={200: list[StoreAnswer]},
    )
    def get(self, request: Request, code: str) -> Response:
        found = places.list_stores(program=self.program_at(code))
        return listed([member_rendering.store(record) for record in found], total=len(found))


class InteractionPointsView(LoyaltyView):
    path_names = {"code": "programId"}

    @operation(
        "List the interaction points",
        chapter=chapters.PROGRAMS,
        answers={200: list[InteractionPointAnswer]},
    )
    def get(self, request: Request, code: str) -> Response:
        found = places.list_interaction_points(program=self.program_at(code))
        return listed([member_rendering.interaction_point(record) for record in found], total=len(found))


def _locked(error: LoginLocked) -> Response:
    answer = refusal(429, error.code, error.message)
    answer["Retry-After"] = str(ceil(error.retry_after / timedelta(seconds=1)))
    return answer
