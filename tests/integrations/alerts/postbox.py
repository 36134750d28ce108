"""A mail server on this machine, which keeps what it takes, is away when told so, and refuses who is named."""

import socket
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


class Postbox:
    def __init__(self):
        self.mails, self.unknown = [], set()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._server = None

    def start(self):
        self._server = Controller(self, hostname="127.0.0.1", port=self.port)
        self._server.start()

    def stop(self):
        if self._server:
            self._server.stop()
            self._server = None

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - the library's name
        if address in self.unknown:
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    @property
    def subjects(self):
        return [mail["Subject"] for mail in self.mails]

    def text(self, number=-1):
        return self.mails[number].get_body(("plain",)).get_content()

    def html(self, number=-1):
        return self.mails[number].get_body(("html",)).get_content()
