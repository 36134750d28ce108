import pytest

DOORS = ["/v1/programs/club/events", "/v1/programs/club/members/a-1/profile", "/v1/programs/club", "/v1/openapi.json"]


@pytest.mark.parametrize("host", ["elsewhere.example", "a b", "x/y", "[::1", ""])
@pytest.mark.parametrize("address", DOORS)
def test_door_under_a_wrong_host_answers_json(client, settings, host, address):
    settings.ALLOWED_HOSTS = ["ours.example"]

    answer = client.get(address, headers={"Host": host})

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/json")
    assert answer.json()["error"] == "validation_failed"
    assert answer.json()["request_id"] == answer["X-Request-Id"]


def test_page_under_a_wrong_host_is_a_page(client, settings):
    settings.ALLOWED_HOSTS = ["ours.example"]

    answer = client.get("/sign-in", headers={"Host": "elsewhere.example"})

    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (400, "text/html")


@pytest.mark.parametrize("address", ["/v1/programs/club", "/v1/programs/club/", "/v1/programs", "/v1/programs//"])
def test_program_without_anything_behind_it_is_404(client, address):
    answer = client.get(address)

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    assert "slash" not in answer.json()["message"]
