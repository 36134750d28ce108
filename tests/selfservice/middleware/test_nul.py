import pytest

from selfservice.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client):
    client.force_login(
        User.objects.create_superuser("op@example.org", "s3cret"), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


@pytest.mark.parametrize(
    "address",
    [
        "/operator/engine/account/?status__exact=x%00",
        "/operator/engine/account/?q=x%00",
        "/operator/engine/account/?%00=x",
        "/operator/engine/account/x%00/change/",
        "/operator/engine/booking/?program__id__exact=%00",
    ],
)
def test_page_with_a_nul_in_its_address_is_400(operator, address):
    answer = operator.get(address)

    assert answer.status_code == 400
    assert "<html" in answer.text


def test_page_with_a_percent_sign_in_its_address(operator):
    assert operator.get("/operator/engine/account/?q=5%2500").status_code == 200


def test_interface_answers_a_nul_in_its_own_form(client):
    answer = client.get("/loyalty/accounts/a-1?x=%00")

    assert (answer.status_code, answer.json()["code"]) == (401, "NOT_AUTHENTICATED")
