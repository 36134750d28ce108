import pytest

from integrations.calls.models import ApiCall, Direction
from integrations.calls.recording import Call, record_call
from tests.factories.people import person, sign_in


@pytest.fixture
def address(program):
    return f"/programs/{program.code}/integrations/braze"


@pytest.fixture
def admin(client, program):
    return sign_in(client, person(program=program, email="ada@example.org"))


@pytest.fixture
def logged(program):
    """Calls as a door or a worker logs them, the newest last."""

    def log(*, at, **fields):
        defaults = {"program_id": program.pk, "kind": "braze", "direction": Direction.IN, "method": "GET"}
        defaults |= {"path": "/v1/programs/club/members/a-1/profile", "endpoint": "members/profile", "status": 200}
        defaults |= {"request_id": f"request-{at.timestamp()}", "started_at": at}
        record_call(Call(**defaults | fields), ended_at=at)
        return ApiCall.objects.filter(program_id=program.pk).latest("pk")

    return log
