"""Takes keys and other secrets out of a pasted text before it is shown again. Pure."""

import re

from integrations.calls.redaction import redact

_KEYS = re.compile(r"cvc_[A-Za-z0-9_-]+")
_HEADERS = re.compile(
    r"""(?im)^(\s*["']?(?:authorization|proxy-authorization|cookie|x-convercus-key|[\w-]*(?:api-?key|token|secret|password))["']?\s*:\s*["']?)"""
    r"""(?!cvc_)[^"'\s{][^"'\n]*"""
)
_PARAMETERS = re.compile(r"(?i)([?&](?:[\w-]*(?:key|token|secret|password))=)[^&\s\"'}]+")


def without_secrets(text: str) -> str:
    """Nothing of a key stays, not even its beginning."""
    text = _KEYS.sub("cvc_…", text)
    text = _PARAMETERS.sub(r"\1…", text)
    return redact(_HEADERS.sub(r"\1…", text))
