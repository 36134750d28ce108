import ipaddress

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from selfservice.watch.heartbeats import beat

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-some-length"


def samples(text):
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scrape(address="127.0.0.1", method="GET", **headers):
    return Client().generic(method, "/metrics", REMOTE_ADDR=address, headers={"host": "10.0.0.7:8000"} | headers)


def test_metrics_hold_processes_and_durations():
    beat("worker")
    Client().get("/sign-in")

    found = samples(scrape().text)

    assert found["selfservice_database_up",] == 1
    assert found["selfservice_processes", "worker"] == 1
    assert found["selfservice_processes", "scheduler"] == 0
    assert found["selfservice_request_seconds_count", "2xx", "GET", "sign-in"] >= 1


def test_route_stands_for_the_address_and_unknown_ones_are_one():
    Client().get("/v1/programs/secret-club/members/secret-member/profile")
    Client().get("/secret-address")
    Client().generic("SECRETMETHOD", "/sign-in")

    text = scrape().text

    assert "secret" not in text.lower()
    assert samples(text)["selfservice_request_seconds_count", "(unknown)", "4xx", "GET"] >= 1


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_callers_on_this_machine_may_read(address):
    assert scrape(address).status_code == 200


@pytest.mark.parametrize("header", ["x-forwarded-for", "x-real-ip", "via", "forwarded", "x-forwarded-proto"])
def test_whoever_comes_through_a_proxy_on_this_machine_may_not(header):
    assert scrape(**{header: "127.0.0.1"}).status_code == 404


@pytest.mark.parametrize("address", ["198.51.100.7", "10.0.0.7", "", "unix"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_strangers_find_nothing(address, method):
    answer = scrape(address, method)

    assert (answer.status_code, answer.text) == (404, "Not found\n")


def test_token_opens_from_anywhere_and_a_wrong_one_does_not(settings):
    settings.METRICS_TOKEN = TOKEN

    assert scrape("198.51.100.7", authorization=f"Bearer {TOKEN}").status_code == 200
    assert scrape("198.51.100.7", authorization=f"Bearer {TOKEN}", via="x").status_code == 200
    for wrong in (f"Bearer {TOKEN}x", "Bearer ", "Bearer ü", f"Basic {TOKEN}", TOKEN):
        assert scrape("198.51.100.7", authorization=wrong).status_code == 404


def test_without_a_token_in_the_settings_none_fits():
    assert scrape("198.51.100.7", authorization="Bearer ").status_code == 404


def test_allowed_networks_replace_this_machine(settings):
    settings.METRICS_ALLOW = [ipaddress.ip_network("10.0.0.0/8")]

    assert scrape("10.0.0.7").status_code == 200
    assert scrape("127.0.0.1").status_code == 404
