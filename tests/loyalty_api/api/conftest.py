import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from loyalty_api.api.tokens import issue_token
from loyalty_api.engine.models import ApiUser
from selfservice.programs.models import Program
from tests.factories.engine import ProgramFactory


@dataclass(frozen=True)
class Caller:
    """Calls the API as a signed-in user of the program's organisation."""

    program: Program
    token: str

    def get(self, path, **headers):
        return Client().get(f"/loyalty{path}", headers={"Authorization": self.token, **headers})

    def send(self, method, path, body: Any = None, **headers):
        return self.send_raw(method, path, "" if body is None else json.dumps(body), **headers)

    def send_raw(self, method, path, body: str, **headers):
        return Client().generic(
            method,
            f"/loyalty{path}",
            body,
            content_type="application/json",
            headers={"Authorization": self.token, **headers},
        )

    def post(self, path, body: Any = None, **headers):
        return self.send("POST", path, body, **headers)


@pytest.fixture
def caller(db):
    program = ProgramFactory()
    # The password plays no part once there is a token, and hashing one is slow.
    user = ApiUser.objects.create(org=program.org, user_name="bot", password="!", created_at=timezone.now())
    token = issue_token(org=user.org, user_name="bot", programs=[program.code], now=timezone.now())
    return Caller(program, token)
