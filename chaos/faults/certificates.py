"""A server whose certificate nobody has signed but itself, and that listens to what is said to it all the same."""

import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from socket import create_server, socket

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chaos.proxy import HOST


@dataclass(slots=True)
class Heard:
    """How many came, and what they said once they believed that nobody listens in."""

    connections: int = 0
    content: bytes = b""


@contextmanager
def listening_with_bad_certificate(port: int) -> Iterator[Heard]:
    heard = Heard()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "server.pem"
        path.write_bytes(_self_signed())
        context.load_cert_chain(path)
    server = create_server((HOST, port), backlog=64)
    server.settimeout(0.2)
    stopped = threading.Event()
    thread = threading.Thread(target=_listen, args=(server, context, heard, stopped), daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        stopped.set()
        thread.join(5)
        server.close()


def _listen(server: socket, context: ssl.SSLContext, heard: Heard, stopped: threading.Event) -> None:
    while not stopped.is_set():
        try:
            line, _address = server.accept()
        except TimeoutError:
            continue
        heard.connections += 1
        line.settimeout(2)
        try:
            with context.wrap_socket(line, server_side=True) as secured:
                heard.content += secured.recv(65536)
        except (ssl.SSLError, OSError):
            line.close()


def _self_signed() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return secret + certificate.public_bytes(serialization.Encoding.PEM)
