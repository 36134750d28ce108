"""Who calls: the token of the Authorization header."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from loyalty_api.api.tokens import BadToken, read_token
from loyalty_api.engine.logins import Caller, find_caller


class TokenAuthentication(BaseAuthentication):
    """The bare token or `Bearer` and the token. A user that was taken away is refused at once."""

    def authenticate(self, request: Request) -> tuple[Caller, str] | None:
        header = request.headers.get("Authorization", "").strip()
        scheme, _space, rest = header.partition(" ")
        token = rest.strip() if scheme.lower() == "bearer" else header
        if not token:
            return None
        try:
            claims = read_token(token)
        except BadToken as error:
            raise AuthenticationFailed(str(error)) from None
        caller = find_caller(org=claims.org, user_name=claims.user_name, token=token)
        if caller is None:
            raise AuthenticationFailed("This user may not sign in any more.")
        return caller, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class IsSignedIn(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, Caller)
