import socket

import pytest
from django.core.management import CommandError, call_command


def test_web_on_a_taken_port_says_so_and_what_to_do():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(CommandError, match=f"Port {port} on 127.0.0.1 is taken. Choose another"):
            call_command("web", port=port)
