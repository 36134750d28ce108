"""Users of the REST API."""

from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password

from loyalty_api.engine.models import ApiUser


def save_api_user(*, org: str, user_name: str, password: str, now: datetime) -> ApiUser:
    """Creates the user, or gives an existing one the new password."""
    row, _created = ApiUser.objects.update_or_create(
        org=org,
        user_name=user_name,
        defaults={"password": make_password(password), "is_active": True},
        create_defaults={"password": make_password(password), "is_active": True, "created_at": now},
    )
    return row


def sign_in(*, org: str, user_name: str, password: str) -> ApiUser | None:
    """None for a wrong name as for a wrong password, and after the same time."""
    row = ApiUser.objects.filter(org=org, user_name=user_name, is_active=True).first()
    if row is None:
        make_password(password)
        return None
    return row if check_password(password, row.password) else None


def find_api_user(*, org: str, user_name: str) -> ApiUser | None:
    return ApiUser.objects.filter(org=org, user_name=user_name, is_active=True).first()
