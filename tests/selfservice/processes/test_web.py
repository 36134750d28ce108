import os
import socket

import pytest
from django.core.management import CommandError, call_command


def test_web_on_a_taken_port_says_so_and_what_to_do():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(CommandError, match=f"Port {port} on 127.0.0.1 is taken. Choose another"):
            call_command("web", port=port)


def test_web_that_has_ended_leaves_no_folder_to_measure_into():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(CommandError):
        call_command("web", port=taken.getsockname()[1])

    assert "PROMETHEUS_MULTIPROC_DIR" not in os.environ
