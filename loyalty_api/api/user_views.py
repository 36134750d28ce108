"""People: their data, their sessions in an app, and the devices that take push messages."""

from collections.abc import Callable

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_api.api import chapters, rendering
from loyalty_api.api.answers.members import PushTokenCreatedAnswer, UserAnswer, UserCreatedAnswer
from loyalty_api.api.base import LoyaltyView, created, validated
from loyalty_api.api.member_serializers import PushTokenSerializer, SessionSerializer
from loyalty_api.api.serializers import UserChangeSerializer, UserSerializer
from loyalty_api.engine import sessions, users
from selfservice.apidocs.operation import operation


class UsersView(LoyaltyView):
    @operation(
        "Create a user",
        chapter=chapters.USERS,
        body=UserSerializer,
        answers={201: UserCreatedAnswer},
    )
    def post(self, request: Request) -> Response:
        fields = validated(UserSerializer(data=request.data))
        user = users.create_user(org=self.org, now=timezone.now(), **fields)
        return created(request, "user", user.id, body={"userId": user.id})


class UserView(LoyaltyView):
    @operation(
        "Read a user",
        chapter=chapters.USERS,
        answers={200: UserAnswer},
    )
    def get(self, request: Request, user_id: str) -> Response:
        return Response(rendering.user(users.get_user(org=self.org, user_id=user_id)))

    @operation(
        "Change a user",
        chapter=chapters.USERS,
        body=UserChangeSerializer,
        is_body_required=False,
        answers={200: UserAnswer},
        description="Absent fields stay as they are, null clears.",
    )
    def patch(self, request: Request, user_id: str) -> Response:
        """Absent fields stay, null clears."""
        fields = validated(UserChangeSerializer(data=request.data))
        user = users.update_user(org=self.org, user_id=user_id, now=timezone.now(), **fields)
        return Response(rendering.user(user))

    put = patch

    @operation(
        "Delete a user",
        chapter=chapters.USERS,
        answers={204: None},
    )
    def delete(self, request: Request, user_id: str) -> Response:
        users.delete_user(org=self.org, user_id=user_id)
        return Response(status=204)


class SessionView(LoyaltyView):
    """A member signed in or out somewhere."""

    def note(self, user_id: str, note: Callable[..., None]) -> Response:
        fields = validated(SessionSerializer(data=self.request.data))
        note(
            org=self.org,
            user_id=user_id,
            device_id=fields["device_id"] or "",
            platform=fields["platform"] or "",
            now=timezone.now(),
        )
        return Response(status=204)


class UserLoginsView(SessionView):
    @operation(
        "Note that a member signed in",
        chapter=chapters.USERS,
        body=SessionSerializer,
        is_body_required=False,
        answers={204: None},
    )
    def post(self, request: Request, user_id: str) -> Response:
        return self.note(user_id, sessions.note_login)


class UserLogoutsView(SessionView):
    @operation(
        "Note that a member signed out",
        chapter=chapters.USERS,
        body=SessionSerializer,
        is_body_required=False,
        answers={204: None},
    )
    def post(self, request: Request, user_id: str) -> Response:
        return self.note(user_id, sessions.note_logout)


class PushTokensView(LoyaltyView):
    @operation(
        "Register a push token",
        chapter=chapters.USERS,
        body=PushTokenSerializer,
        answers={201: PushTokenCreatedAnswer},
    )
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
    @operation(
        "Remove a push token",
        chapter=chapters.USERS,
        answers={204: None},
    )
    def delete(self, request: Request, user_id: str, token_id: str) -> Response:
        sessions.remove_push_token(org=self.org, user_id=user_id, token_id=token_id, now=timezone.now())
        return Response(status=204)
