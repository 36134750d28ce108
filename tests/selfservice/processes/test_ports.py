import socket

from selfservice.processes.ports import free_port, is_free


def test_taken_port_is_not_free_and_the_next_one_is_given():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert not is_free("127.0.0.1", port)
        assert free_port("127.0.0.1", preferred=port) != port

    assert is_free("127.0.0.1", port)


def test_preferred_port_is_taken_when_it_is_free():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]

    assert free_port("127.0.0.1", preferred=port) == port


def test_free_port_at_the_end_of_the_range_is_a_port():
    assert 0 < free_port("127.0.0.1", preferred=65535) < 65536


def test_port_of_the_ipv6_loopback_is_looked_at_as_such():
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as taken:
        assert not is_free("::1", taken.getsockname()[1])
