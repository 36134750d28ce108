"""Answers that are made to do harm: what bombs, floods and towers cost us is bounded, and what we keep of them."""

import gzip
import tracemalloc
import zlib

import pytest
import requests

from integrations.braze.sender import send
from integrations.calls.redaction import storable
from integrations.outbound.sessions import MAX_ANSWER_BYTES, GuardedSession
from integrations.spec import Delivered, Record, Rejected, Retry, Stopped
from tests.factories.braze import braze_config
from tests.integrations.raw_server import answer, raw_server

RECORDS = [Record("events", b'{"external_id":"a"}', False)]
UNPACKED = 200 * 1024 * 1024
GROWTH = 50 * 1024 * 1024


def deflated(size):
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(b"\0" * 1024 * 1024) for _ in range(size // (1024 * 1024))) + packer.flush()


def gzipped(size):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b"\0" * 1024 * 1024) for _ in range(size // (1024 * 1024))) + packer.flush()


def nested():
    body = gzipped(UNPACKED)
    for _ in range(4):
        body = gzip.compress(body)
    return body


BOMBS = {
    "gzip": (gzipped, "gzip"),
    "deflate": (deflated, "deflate"),
    "nested five times": (lambda _size: nested(), "gzip, gzip, gzip, gzip, gzip"),
    # Not asked for and not unpacked: what comes is a few bytes.
    "br": (lambda _size: b"\x5b\xff\xff\xaf\x02\x80" * 50, "br"),
    "zstd": (lambda _size: b"\x28\xb5\x2f\xfd" + b"\0" * 100, "zstd"),
}


@pytest.fixture
def allowed(settings):
    def config_of(server):
        settings.OUTBOUND_ALLOW = frozenset({server.host_port})
        return braze_config(endpoint=server.url)

    return config_of


@pytest.fixture
def peak():
    """The most memory that Python held since, in bytes."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


@pytest.mark.slow
@pytest.mark.parametrize("status", ["201 Created", "302 Found", "429 Too Many Requests"])
@pytest.mark.parametrize("kind", BOMBS)
def test_s30_bomb_unpacks_to_nothing_much(allowed, peak, kind, status):
    make, encoding = BOMBS[kind]
    headers = f"Content-Encoding: {encoding}\r\nLocation: /elsewhere\r\n"
    with raw_server(answer(status, make(UNPACKED), headers)) as server:
        config = allowed(server)
        tracemalloc.reset_peak()
        sent = send(RECORDS, config, GuardedSession())

    assert peak() < GROWTH
    assert isinstance(sent.outcome, Retry | Stopped | Delivered | Rejected)
    assert len(sent.response_body) <= MAX_ANSWER_BYTES
    assert len(server.requests) == 1


@pytest.mark.slow
@pytest.mark.parametrize("status", ["201 Created", "400 Bad", "500 Error", "302 Found"])
def test_s31_flood_is_cut_off_and_hardly_kept(allowed, peak, status):
    with raw_server(answer(status, b"x" * 30 * 1024 * 1024, "Location: /elsewhere\r\n")) as server:
        config, held = allowed(server), tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        sent = send(RECORDS, config, GuardedSession())

    assert peak() - held < GROWTH
    assert len(storable(sent.response_body)) <= 64 * 1024


@pytest.mark.parametrize("status", ["201 Created", "400 Bad", "429 Slow", "500 Error"])
@pytest.mark.parametrize("tower", ["[" * 100_000, '{"a":' * 100_000, '{"errors":' + "[" * 50_000 + "]" * 50_000 + "}"])
def test_s32_tower_of_brackets_is_no_crash(allowed, status, tower):
    with raw_server(answer(status, tower.encode())) as server:
        sent = send(RECORDS, allowed(server), GuardedSession())

    assert isinstance(sent.outcome, Retry | Rejected | Delivered)


def test_s30_answer_in_an_unknown_packing_is_an_error_of_the_answer(settings):
    with raw_server(answer(body=b"no gzip", headers="Content-Encoding: gzip\r\n")) as server:
        settings.OUTBOUND_ALLOW = frozenset({server.host_port})
        with pytest.raises(requests.RequestException):
            GuardedSession().get(server.url)
