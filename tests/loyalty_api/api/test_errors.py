import pytest
from django.db import InterfaceError, OperationalError

from loyalty_api.api.errors import answer_error


@pytest.mark.parametrize("error", [OperationalError("secret dsn"), InterfaceError("closed")])
def test_answer_error_database_away(error):
    answer = answer_error(error, {})

    assert answer is not None
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.data["code"] == "SERVICE_UNAVAILABLE"
    assert "secret" not in str(answer.data)


def test_answer_error_leaves_a_bug_alone():
    assert answer_error(ZeroDivisionError(), {}) is None
