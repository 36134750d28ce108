"""Calls a program's doors as Braze does."""

import json
from dataclasses import dataclass

from django.test import Client

from selfservice.programs.models import Program


@dataclass(frozen=True)
class Caller:
    program: Program
    key: str

    def get(self, path, **options):
        return self.call("GET", path, **options)

    def post(self, path, body, **options):
        raw = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.call("POST", path, raw, **options)

    def call(self, method, path, raw=b"", *, key=None, code=None, content_type="application/json", **extra):
        return Client().generic(
            method,
            f"/v1/programs/{code or self.program.code}/{path}",
            raw,
            content_type=content_type,
            headers={"X-Convercus-Key": self.key if key is None else key},
            **extra,
        )
