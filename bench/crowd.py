"""Makes programs with complete connections by the product's own commands: `python -m bench.crowd FIRST COUNT URL`."""

import io
import sys

import django
from django.core.management import call_command


def code_of(number: int) -> str:
    return f"crowd-{number:03}"


def found(number: int, endpoint: str) -> None:
    code = code_of(number)
    _command("create_program", code, "--name", f"Crowd {number}", "--optin", "newsletter")
    fields = {"apiKey": f"crowd-key-{number:04}", "apiEndpoint": endpoint, "identifierType": "external_id"}
    fields["defaultOptins"] = "newsletter"
    _command("configure_integration", code, "braze", *(f"--set={name}={value}" for name, value in fields.items()))


def _command(*arguments: str) -> None:
    call_command(*arguments, "--json", stdout=io.StringIO())


if __name__ == "__main__":
    django.setup()
    first, count = int(sys.argv[1]), int(sys.argv[2])
    for place in range(first, first + count):
        found(place, sys.argv[3])
