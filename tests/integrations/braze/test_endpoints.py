"""Which texts are an address of Braze, and which are not."""

import pytest
from django.core.exceptions import ValidationError

from integrations.braze.endpoints import rest_endpoint

NOBODY = frozenset()
CLUSTERS = [f"iad-0{number}" for number in range(1, 9)] + ["us-10", "au-01", "id-01", "jp-01", "kr-01"]


@pytest.mark.parametrize("host", [f"rest.{cluster}.braze.com" for cluster in CLUSTERS] + ["rest.fra-02.braze.eu"])
def test_every_rest_host_is_taken(host):
    assert rest_endpoint(f"https://{host}", allowed=NOBODY) == f"https://{host}"


@pytest.mark.parametrize(
    ("dashboard", "rest"),
    [(f"dashboard-0{number}.braze.com", f"rest.iad-0{number}.braze.com") for number in range(1, 9)]
    + [(f"dashboard-0{number}.braze.eu", f"rest.fra-0{number}.braze.eu") for number in (1, 2)]
    + [(f"dashboard.{place}.braze.com", f"rest.{place}.braze.com") for place in ("us-10", "au-01", "jp-01")],
)
def test_dashboard_is_translated(dashboard, rest):
    assert rest_endpoint(f"https://{dashboard}/users/", allowed=NOBODY) == f"https://{rest}"


@pytest.mark.parametrize(
    "text",
    [
        "rest.iad-01.braze.com",
        "  https://rest.iad-01.braze.com  ",
        "https://rest.iad-01.braze.com/",
        "https://rest.iad-01.braze.com/users/track?x=1#y",
        "https://REST.IAD-01.Braze.COM",
        "https://rest.iad-01.braze.com:443",
    ],
)
def test_address_is_put_right(text):
    assert rest_endpoint(text, allowed=NOBODY) == "https://rest.iad-01.braze.com"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("https://sdk.iad-01.braze.com", "SDK endpoint"),
        ("http://rest.iad-01.braze.com", "https://"),
        ("ftp://rest.iad-01.braze.com", "https://"),
        ("//rest.iad-01.braze.com", "https://"),
    ],
)
def test_refusal_names_the_reason(text, sentence):
    with pytest.raises(ValidationError, match=sentence):
        rest_endpoint(text, allowed=NOBODY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://",
        "https://[",
        "https://example.org",
        "https://rest.iad-01.braze.com.example.org",
        "https://rest.iad-01.braze.com.",
        "https://rest.evil/.braze.com",
        f"https://rest.{'a' * 64}.braze.com",
        "https://evilrest.iad-01.braze.com",
        "https://rest.iad-01.braze.com@example.org",
        "https://me@rest.iad-01.braze.com",
        "https://me:secret@rest.iad-01.braze.com",
        "https://:secret@rest.iad-01.braze.com",
        "https://rest.iad-01.braze.com:8443",
        "https://rest.iad-01.braze.com:99999",
        "https://rest.iad-01.braze.com:abc",
        "https://rest.iad-01.braze.com\\@example.org",
        "https://rest.iad-01.braze.com\uff0fevil",
        "https://rest.iad-01.braze\u3002com",
        "https://re\u017ft.iad-01.br\u0430ze.com",
        "https://dashboard-0\u0663.braze.com",
        "https://127.0.0.1",
        "https://127.0.0.1:9077",
        "http://localhost:9077",
        "https://rest.iad-01.braze.com\nhttps://example.org",
        "javascript:alert(1)",
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValidationError):
        rest_endpoint(text, allowed=NOBODY)


def test_outbound_allow_widens_to_exactly_its_entries():
    allowed = frozenset({"127.0.0.1:9077"})

    assert rest_endpoint("http://127.0.0.1:9077/", allowed=allowed) == "http://127.0.0.1:9077"


@pytest.mark.parametrize(
    "text", ["http://127.0.0.1:9078", "http://localhost:9077", "http://me@127.0.0.1:9077", "ftp://127.0.0.1:9077"]
)
def test_outbound_allow_does_not_widen_to_neighbours(text):
    with pytest.raises(ValidationError):
        rest_endpoint(text, allowed=frozenset({"127.0.0.1:9077"}))
