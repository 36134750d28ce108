"""Signing in, users, and programs."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_api.api import rendering
from loyalty_api.api.base import LoyaltyView, created, listed, validated
from loyalty_api.api.errors import refusal
from loyalty_api.api.serializers import LoginSerializer, UserSerializer
from loyalty_api.api.tokens import issue_token
from loyalty_api.engine import users
from loyalty_api.engine.logins import sign_in
from loyalty_api.engine.tiers import levels_of
from selfservice.programs.models import Program


class LoginView(LoyaltyView):
    authentication_classes = ()
    permission_classes = ()

    def post(self, request: Request) -> HttpResponseBase:
        """The token is the whole body, as plain text."""
        fields = validated(LoginSerializer(data=request.data))
        user = sign_in(org=fields["org"], user_name=fields["user_name"], password=fields["password"])
        if user is None:
            return refusal(401, "AUTHENTICATION_FAILED", "The organisation, the user name or the password is wrong.")
        programs = list(Program.objects.filter(org=user.org).order_by("code").values_list("code", flat=True))
        token = issue_token(org=user.org, user_name=user.user_name, programs=programs, now=timezone.now())
        return HttpResponse(token, content_type="text/plain", headers={"Cache-Control": "no-store"})


class UsersView(LoyaltyView):
    def post(self, request: Request) -> Response:
        fields = validated(UserSerializer(data=request.data))
        user = users.create_user(org=self.org, now=timezone.now(), **fields)
        return created(request, "user", user.id, body={"userId": user.id})


class UserView(LoyaltyView):
    def get(self, request: Request, user_id: str) -> Response:
        return Response(rendering.user(users.get_user(org=self.org, user_id=user_id)))

    def patch(self, request: Request, user_id: str) -> Response:
        """Absent fields stay, null clears."""
        fields = validated(UserSerializer(data=request.data, partial=True))
        user = users.update_user(org=self.org, user_id=user_id, now=timezone.now(), **fields)
        return Response(rendering.user(user))

    put = patch


class ProgramsView(LoyaltyView):
    def get(self, request: Request) -> Response:
        found = [rendering.program(row, levels=levels_of(row)) for row in self.programs().order_by("code")]
        return listed(found, total=len(found))


class ProgramView(LoyaltyView):
    def get(self, request: Request, code: str) -> Response:
        program = self.program_named(code)
        return Response(rendering.program(program, levels=levels_of(program)))
