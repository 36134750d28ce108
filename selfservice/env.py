"""Reads the environment, once, for `settings`; a bad value raises `SettingError` with one sentence."""

import base64
import binascii
import ipaddress
import json
import math
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http.request import validate_host

IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


class SettingError(Exception):
    """A variable is missing or unusable. The text names it and says what to do; it never holds a secret."""


@dataclass(frozen=True)
class Reader:
    """Typed access to the variables of one environment."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def text(self, name: str, default: str = "") -> str:
        return self.environ.get(name, "").strip() or default

    def items(self, name: str) -> list[str]:
        return [item.strip() for item in self.text(name).split(",") if item.strip()]

    def required(self, name: str, *, hint: str) -> str:
        value = self.text(name)
        if not value:
            raise SettingError(f"{name} is not set. {hint}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.text(name).lower()
        if value in {"1", "true", "yes", "on"}:
            return True
        if value in {"0", "false", "no", "off"}:
            return False
        if value:
            raise SettingError(f"{name} is '{value}', but takes only 1 or 0.")
        return default

    def port(self, name: str, default: int) -> int:
        value = self.text(name)
        if not value:
            return default
        if not _is_port(value):
            raise SettingError(f"{name} is '{value}', but a port is a number from 1 to 65535.")
        return int(value)

    def number(self, name: str, default: float, *, least: float, most: float) -> float:
        value = self.text(name)
        if not value:
            return default
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not least <= number <= most:
            raise SettingError(f"{name} is '{value}', but takes a number from {least:g} to {most:g}.")
        return number

    def time_zone(self, name: str, default: str) -> str:
        value = self.text(name, default)
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise SettingError(f"{name} is '{value}', which is no time zone. Example: Europe/Berlin.") from None
        return value

    def networks(self, name: str) -> list[IPNetwork]:
        return [_network(name, item) for item in self.items(name)]

    def host_ports(self, name: str) -> frozenset[str]:
        for item in self.items(name):
            if not re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[^\s:/@]+):\d{1,5}", item) or not _is_port(
                item.rpartition(":")[2]
            ):
                raise SettingError(f"{name} holds '{item}', but each entry is host:port, like 127.0.0.1:9077.")
        return frozenset(item.lower() for item in self.items(name))

    def secret(self, name: str, *, characters: int, hint: str) -> str:
        value = self.required(name, hint=hint)
        if len(value) < characters:
            raise SettingError(f"{name} has {len(value)} characters, but needs at least {characters}. {hint}")
        return value

    def optional_secret(self, name: str, *, characters: int) -> str:
        return self.secret(name, characters=characters, hint="Or unset it.") if self.text(name) else ""

    def choice(self, name: str, options: Sequence[str], *, default: str) -> str:
        value = self.text(name, default).lower()
        if value not in options:
            raise SettingError(f"{name} is '{value}', but takes only {' or '.join(options)}.")
        return value

    def address_with_key(self, name: str) -> str:
        """An address with a key in front of the host and a number at its end, as Sentry gives it out."""
        value = self.url(name, schemes=("http", "https"))
        parts = _split(name, value)
        _part(name, lambda: parts.port)
        if value and not (parts.username and parts.hostname and parts.path.rpartition("/")[2].isdecimal()):
            raise SettingError(f"{name} is no DSN. Example: https://KEY@sentry.example.com/1")
        return value

    def options(self, name: str) -> dict[str, str | int | float | bool]:
        """A JSON object of plain values. They may be secrets, so no message repeats them."""
        try:
            found = json.loads(self.text(name, "{}"))
        except ValueError:
            found = None
        if not isinstance(found, dict) or not all(isinstance(value, str | int | float) for value in found.values()):
            raise SettingError(
                f'{name} is no JSON object of plain values. Example: {{"security.protocol": "SASL_SSL"}}'
            )
        return found

    def hosts(self, name: str, *, public_url: str) -> list[str]:
        """Host names as a browser sends them; the public address' own must be among them."""
        hosts = self.items(name)
        for item in hosts:
            if "/" in item or not re.fullmatch(r"\[[0-9a-fA-F:]+\]|[^\s:]+", item):
                raise SettingError(f"{name} holds '{item}', but each entry is a host alone, like loyalty.example.com.")
        public_host = urlsplit(public_url).hostname
        if hosts and public_host and not validate_host(public_host, hosts):
            raise SettingError(f"{name} lacks {public_host}, the host of PUBLIC_URL.")
        return hosts or ["localhost", "127.0.0.1", "[::1]", *([public_host] if public_host else [])]

    def origin(self, name: str) -> str:
        """An address without path: scheme, host and port."""
        value = self.url(name, schemes=("http", "https"))
        if urlsplit(value).path:
            raise SettingError(f"{name} has a path; only https://host and a port are taken.")
        return value

    def redis(self, name: str, *, hint: str) -> str:
        value = self.required(name, hint=hint)
        parts = _split(name, value)
        if parts.scheme not in {"redis", "rediss"} or not parts.hostname:
            raise SettingError(f"{name} is no Redis address. Example: redis://:password@redis.example:6379/0")
        _part(name, lambda: parts.port)
        return value

    def url(self, name: str, *, schemes: tuple[str, ...]) -> str:
        value = self.text(name)
        parts = _split(name, value)
        if value and (parts.scheme not in schemes or not parts.netloc):
            raise SettingError(f"{name} is no address that begins with {' or '.join(f'{s}://' for s in schemes)}.")
        return value.rstrip("/")

    def encryption_keys(self, name: str, *, hint: str) -> list[bytes]:
        self.required(name, hint=hint)
        return [_encryption_key(name, item) for item in self.items(name)]


def _is_port(text: str) -> bool:
    return text.isdecimal() and len(text) <= 5 and 0 < int(text) < 65536


def _split(name: str, value: str) -> SplitResult:
    try:
        return urlsplit(value)
    except ValueError:
        raise SettingError(f"{name} cannot be read as an address.") from None


def _network(name: str, item: str) -> IPNetwork:
    try:
        return ipaddress.ip_network(item, strict=False)
    except ValueError:
        raise SettingError(f"{name} holds '{item}', which is no address or network. Example: 10.0.0.0/8.") from None


def _encryption_key(name: str, item: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(item + "=" * (-len(item) % 4))
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise SettingError(
            f"{name} holds an entry that is not 32 bytes in base64url. "
            "Make one with: python -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'"
        )
    return key


def postgresql(reader: Reader, name: str, *, hint: str) -> dict[str, object]:
    """Django's settings for one PostgreSQL address.

    A Unix socket is named as libpq does it: a percent-encoded folder in the place of the host.
    """
    parts = _split(name, reader.required(name, hint=hint))
    port = _part(name, lambda: parts.port)
    if parts.scheme not in {"postgres", "postgresql"} or len(parts.path) < 2:
        raise SettingError(
            f"{name} is no PostgreSQL address. Example: postgresql://user:password@db.example/selfservice"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": _host(parts.netloc),
        "PORT": str(port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def optional_postgresql(reader: Reader, name: str) -> dict[str, object] | None:
    return postgresql(reader, name, hint="") if reader.text(name) else None


def email(reader: Reader, name: str) -> dict[str, object]:
    """Django's mail settings from `smtp://user:password@host:port` (`smtp+tls`, `smtp+ssl`); unset prints mails."""
    value = reader.text(name)
    if not value:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = _split(name, value)
    if parts.scheme not in {"smtp", "smtp+tls", "smtp+ssl"} or not parts.hostname:
        raise SettingError(f"{name} is no mail server. Example: smtp+tls://user:password@mail.example:587")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": _part(name, lambda: parts.port) or 25,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtp+ssl",
        "EMAIL_TIMEOUT": 10,
    }


def _host(netloc: str) -> str:
    """The host as written: `urlsplit().hostname` lowers it, and a socket's folder must keep its case."""
    host = netloc.rpartition("@")[2]
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return unquote(host.partition(":")[0])


def _part(name: str, read: Callable[[], int | None]) -> int | None:
    try:
        return read()
    except ValueError:
        raise SettingError(f"{name} has a port that is no number from 1 to 65535.") from None
