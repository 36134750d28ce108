"""What a member does with an app: signing in and out, and taking push messages. The accounts of the user hear of it."""

import hashlib
from datetime import datetime

from django.db import transaction

from loyalty_api import contract
from loyalty_api.contract import EventType, Json, NotFound
from loyalty_api.engine.models import PushToken
from loyalty_api.engine.users import lock_user, tell_accounts


def note_login(*, org: str, user_id: str, now: datetime, device_id: str = "", platform: str = "") -> None:
    _note(EventType.USER_LOGGED_IN, org=org, user_id=user_id, now=now, device_id=device_id, platform=platform)


def note_logout(*, org: str, user_id: str, now: datetime, device_id: str = "", platform: str = "") -> None:
    _note(EventType.USER_LOGGED_OUT, org=org, user_id=user_id, now=now, device_id=device_id, platform=platform)


def add_push_token(
    *, org: str, user_id: str, token: str, now: datetime, platform: str = "", device_id: str = ""
) -> contract.PushToken:
    """Safe to repeat: a token that the user has already is told of once."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    with transaction.atomic():
        user = lock_user(org=org, user_id=user_id)
        row, is_new = PushToken.objects.get_or_create(
            user=user, digest=digest, defaults={"platform": platform, "device_id": device_id, "created_at": now}
        )
        if is_new:
            tell_accounts(user, EventType.PUSH_TOKEN_CREATED, _token_data(row), now=now)
    return _record(row)


def remove_push_token(*, org: str, user_id: str, token_id: str, now: datetime) -> None:
    with transaction.atomic():
        user = lock_user(org=org, user_id=user_id)
        row = PushToken.objects.filter(user=user, id=token_id).first()
        if row is None:
            raise NotFound("PUSH_TOKEN_NOT_FOUND", "The user has no such push token.")
        PushToken.objects.filter(id=row.id).delete()
        tell_accounts(user, EventType.PUSH_TOKEN_DELETED, _token_data(row), now=now)


def _note(type_: EventType, *, org: str, user_id: str, now: datetime, device_id: str, platform: str) -> None:
    data = {name: value for name, value in {"deviceId": device_id, "platform": platform}.items() if value}
    with transaction.atomic():
        tell_accounts(lock_user(org=org, user_id=user_id), type_, data, now=now)


def _token_data(row: PushToken) -> dict[str, Json]:
    remaining = PushToken.objects.filter(user_id=row.user_id).count()
    return {"platform": row.platform, "remainingTokens": remaining}


def _record(row: PushToken) -> contract.PushToken:
    return contract.PushToken(id=row.id, user_id=row.user_id, platform=row.platform, device_id=row.device_id)
