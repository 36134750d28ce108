"""Makes a stage's programs by the product's own commands, in one process: `python -m chaos.founding COUNT URL`."""

import io
import json
import sys
from typing import Any

import django
from django.core.management import call_command


def found(number: int, endpoint: str) -> dict[str, Any]:
    """A program with a complete connection, a key for its events, and somebody who may use the loyalty API."""
    code, braze_key = f"chaos-{number:02}", f"chaos-key-{number:04}"
    _command("create_program", code, "--name", f"Chaos {number}", "--optin", "newsletter", "--level", "gold:1000")
    fields = {"apiKey": braze_key, "apiEndpoint": endpoint, "identifierType": "external_id"}
    fields["defaultOptins"] = "newsletter"
    _command("configure_integration", code, "braze", *(f"--set={name}={value}" for name, value in fields.items()))
    key = _command("issue_key", code, "--name", "Chaos", "--scope=events")["key"]
    user = _command("create_api_user", code, "till")
    return {"number": number, "code": code, "key": key, "braze_key": braze_key, "user": user}


def _command(*arguments: str) -> dict[str, Any]:
    output = io.StringIO()
    call_command(*arguments, "--json", stdout=output)
    return dict(json.loads(output.getvalue()))


if __name__ == "__main__":
    django.setup()
    json.dump([found(number, sys.argv[2]) for number in range(int(sys.argv[1]))], sys.stdout)
