"""People: their data, their sessions in an app, and the devices that take push messages."""

from collections.abc import Callable
from typing import ClassVar

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_api.api import rendering
from loyalty_api.api.base import LoyaltyView, created, validated
from loyalty_api.api.member_serializers import PushTokenSerializer, SessionSerializer
from loyalty_api.api.serializers import UserSerializer
from loyalty_api.engine import sessions, users


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

    def delete(self, request: Request, user_id: str) -> Response:
        users.delete_user(org=self.org, user_id=user_id)
        return Response(status=204)


class SessionView(LoyaltyView):
    """A member signed in or out somewhere, as the address says."""

    note: ClassVar[Callable[..., None]]

    def post(self, request: Request, user_id: str) -> Response:
        fields = validated(SessionSerializer(data=request.data or {}))
        type(self).note(
            org=self.org,
            user_id=user_id,
            device_id=fields["device_id"] or "",
            platform=fields["platform"] or "",
            now=timezone.now(),
        )
        return Response(status=204)


class UserLoginsView(SessionView):
    note = staticmethod(sessions.note_login)


class UserLogoutsView(SessionView):
    note = staticmethod(sessions.note_logout)


class PushTokensView(LoyaltyView):
    def post(self, request: Request, user_id: str) -> Response:
        fields = validated(PushTokenSerializer(data=request.data))
        record = sessions.add_push_token(
            org=self.org,
            user_id=user_id,
            token=fields["token"],
            device_id=fields["device_id"] or "",
            platform=fields["platform"] or "",
            now=timezone.now(),
        )
        return created(request, "push_token", user_id, record.id, body={"tokenId": record.id})


class PushTokenView(LoyaltyView):
    def delete(self, request: Request, user_id: str, token_id: str) -> Response:
        sessions.remove_push_token(org=self.org, user_id=user_id, token_id=token_id, now=timezone.now())
        return Response(status=204)
