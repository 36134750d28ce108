"""Every variable that a person can get wrong, and the one line that they read then."""

import base64
import ipaddress

import pytest

from selfservice.env import Reader, SettingError, email, postgresql

KEY = base64.urlsafe_b64encode(b"k" * 32).decode()


def read(**variables):
    return Reader(variables)


def database(value):
    return postgresql(read(X=value), "X", hint="Set it.")


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("TRUE", True), (" on ", True), ("0", False), ("no", False), ("", True)]
)
def test_flag_takes_the_usual_words(text, value):
    assert read(X=text).flag("X", default=True) is value


def test_unset_variables_have_their_defaults():
    reader = read()

    assert (reader.text("X", "d"), reader.items("X"), reader.port("X", 8000)) == ("d", [], 8000)
    assert (reader.time_zone("X", "UTC"), reader.networks("X"), reader.host_ports("X")) == ("UTC", [], frozenset())
    assert reader.url("X", schemes=("https",)) == ""


def test_lists_are_trimmed():
    assert read(X=" a, b ,,").items("X") == ["a", "b"]
    assert read(X="10.0.0.1/8, ::1").networks("X") == [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1")]
    assert read(X="LOCALHOST:9077,[::1]:80").host_ports("X") == {"localhost:9077", "[::1]:80"}


def test_keys_come_in_order_with_or_without_padding():
    other = base64.urlsafe_b64encode(b"o" * 32).decode()

    assert read(X=f"{KEY},{other.rstrip('=')}").encryption_keys("X", hint="") == [b"k" * 32, b"o" * 32]


def test_database_address_is_taken_apart():
    found = database("postgres://me:p%40ss@db.example:5433/self%20service?sslmode=require")

    assert (found["HOST"], found["PORT"], found["USER"], found["PASSWORD"]) == ("db.example", "5433", "me", "p@ss")
    assert (found["NAME"], found["OPTIONS"]) == ("self service", {"sslmode": "require"})


def test_database_socket_keeps_its_case():
    assert database("postgresql://me@%2FVar%2FRun/x")["HOST"] == "/Var/Run"
    assert database("postgresql://me@[::1]:5432/x")["HOST"] == "::1"


def test_mail_server_is_taken_apart():
    found = email(read(X="smtp+tls://me:p%40ss@mail.example:587"), "X")

    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_HOST_PASSWORD"]) == ("mail.example", 587, "p@ss")
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (True, False)
    assert email(read(), "X")["EMAIL_BACKEND"].endswith("console.EmailBackend")


def test_choice_is_one_of_the_options():
    assert read(X="Plain").choice("X", ["json", "plain"], default="json") == "plain"
    assert read().choice("X", ["json", "plain"], default="json") == "json"


def test_dsn_is_taken_as_it_is():
    dsn = "https://key@sentry.example.com/1"

    assert (read(X=dsn).address_with_key("X"), read().address_with_key("X")) == (dsn, "")
    assert read().optional_secret("X", characters=16) == ""


def test_options_are_a_json_object():
    assert read(X='{"a": "b", "c": 1, "d": true}').options("X") == {"a": "b", "c": 1, "d": True}
    assert read().options("X") == {}


BAD = [
    (lambda reader: reader.options("X"), ["hunter2", "[]", '"hunter2"', '{"a": ["b"]}', '{"a": null}']),
    (lambda reader: reader.choice("X", ["json", "plain"], default="json"), ["xml"]),
    (
        lambda reader: reader.address_with_key("X"),
        ["https://sentry.example.com/1", "https://key@sentry.example.com/", "https://key@x:99999/1", "key@x/1"],
    ),
    (lambda reader: reader.optional_secret("X", characters=16), ["short"]),
    (lambda reader: reader.required("X", hint="Set it."), ["", "  "]),
    (lambda reader: reader.flag("X"), ["maybe", "2"]),
    (lambda reader: reader.port("X", 1), ["many", "0", "65536", "-1", "8000.0", "9" * 5_000]),
    (
        lambda reader: reader.time_zone("X", "UTC"),
        ["Berlin", "Europe", "../etc/passwd", "/etc/passwd", "Europe/Berlin\x00"],
    ),
    (lambda reader: reader.networks("X"), ["10.0.0.0/33", "office", "10.0.0.1,x"]),
    (lambda reader: reader.host_ports("X"), ["localhost", "a b:1", "http://x:1", "x:", ":80", "x:99999", "x:0"]),
    (
        lambda reader: reader.url("X", schemes=("http", "https")),
        ["example.org", "ftp://x", "http://", "https://[", "/x"],
    ),
    (lambda reader: reader.encryption_keys("X", hint="Set it."), ["", "short", f"{KEY},x", "!" * 44, "ü" * 43]),
    (
        lambda reader: postgresql(reader, "X", hint="Set it."),
        [
            "",
            "mysql://x/y",
            "postgres://x",
            "postgres://x/",
            "postgres://x:port/y",
            "postgres://x:99999/y",
            "postgres://[/y",
        ],
    ),
    (lambda reader: email(reader, "X"), ["mail.example", "http://x", "smtp://", "smtp://x:port", "smtp://["]),
]


@pytest.mark.parametrize(("use", "text"), [(use, text) for use, texts in BAD for text in texts])
def test_bad_value_is_one_line_that_names_the_variable(use, text):
    with pytest.raises(SettingError) as raised:
        use(read(X=text))

    assert str(raised.value).startswith("X ")
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) > 20


@pytest.mark.parametrize(
    "text", ["hunter2://me:hunter2@x/y", "postgres://me:hunter2@x:port/y", "postgres://me:hunter2@x"]
)
def test_database_password_is_not_repeated(text):
    with pytest.raises(SettingError) as raised:
        database(text)

    assert "hunter2" not in str(raised.value)


def test_encryption_key_is_not_repeated():
    with pytest.raises(SettingError) as raised:
        read(X="not-quite-a-key").encryption_keys("X", hint="")

    assert "not-quite" not in str(raised.value)


@pytest.mark.parametrize("value", ["https://a.example", "a.example/x", "a.example:80", "a b"])
def test_host_that_is_more_than_a_host_is_refused(value):
    with pytest.raises(SettingError, match="is a host alone"):
        read(X=value).hosts("X", public_url="")


def test_hosts_hold_the_public_one():
    with pytest.raises(SettingError, match=r"lacks b\.example"):
        read(X="a.example").hosts("X", public_url="https://b.example")

    assert read(X=".example").hosts("X", public_url="https://b.example") == [".example"]
    assert "b.example" in read().hosts("X", public_url="https://b.example")


def test_origin_has_no_path():
    assert read(X="https://a.example:444/").origin("X") == "https://a.example:444"
    with pytest.raises(SettingError, match="has a path"):
        read(X="https://a.example/x").origin("X")


def test_short_secret_is_refused_without_showing_it():
    with pytest.raises(SettingError, match="has 9 characters, but needs at least 50") as error:
        read(X="too-short").secret("X", characters=50, hint="")

    assert "too-short" not in str(error.value)


@pytest.mark.parametrize("value", ["http://x", "foo", "redis://", "redis://h:notaport", "redis://h:99999", "redis://["])
def test_redis_address_that_is_none_is_refused(value):
    with pytest.raises(SettingError, match=r"^X "):
        read(X=value).redis("X", hint="")


@pytest.mark.parametrize("text", ["0.9", "301", "soon", "nan", "-5"])
def test_number_out_of_range_is_refused(text):
    with pytest.raises(SettingError, match=r"LEASE is '.*', but takes a number from 1 to 300"):
        Reader({"LEASE": text}).number("LEASE", 15.0, least=1, most=300)


def test_number_within_range_is_read():
    assert Reader({"LEASE": "2.5"}).number("LEASE", 15.0, least=1, most=300) == 2.5
    assert Reader({}).number("LEASE", 15.0, least=1, most=300) == 15.0
