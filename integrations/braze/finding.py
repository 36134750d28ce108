"""Asks Braze whether it knows a profile; what is in the profile is not asked for."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.utils.translation import gettext as _
from requests import Session

from integrations.braze.checking import advice as test_advice
from integrations.braze.checking import shown_answer, shown_request
from integrations.braze.client import EXPORT_PATH, Reply, Unreachable, track
from integrations.braze.config import BrazeConfig, Identifier
from integrations.braze.endpoints import is_allowed
from integrations.spec import Checked


def find_profile(config: BrazeConfig, profile: str, session: Session) -> Checked:
    if not is_allowed(config.endpoint):
        return Checked(False, "address_not_allowed", test_advice("address_not_allowed"))
    body = orjson.dumps({**wanted(config, profile), "fields_to_export": ["external_id", "user_aliases"]})
    request = shown_request(config, EXPORT_PATH, body)
    key = config.api_key.reveal()
    try:
        reply = track(session=session, endpoint=config.endpoint, api_key=key, body=body, path=EXPORT_PATH)
    except Unreachable as failure:
        return Checked(False, str(failure), test_advice(str(failure)), request=request)
    reason = _reason(reply)
    text = _advice(reason, config, profile)
    return Checked(reason == "known", reason, text, request=request, answer=shown_answer(reply))


def wanted(config: BrazeConfig, profile: str) -> Mapping[str, Any]:
    if config.identifier == Identifier.USER_ALIAS:
        return {"user_aliases": [{"alias_name": profile, "alias_label": config.alias_label}]}
    return {"external_ids": [profile]}


def _reason(reply: Reply) -> str:
    if reply.status in {401, 403}:
        return "export_not_allowed"
    if reply.status == 429:
        return "rate_limited"
    if not 200 <= reply.status < 300:
        return "server_error" if reply.status >= 500 else "unexpected_answer"
    try:
        users = orjson.loads(reply.body)["users"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return "unexpected_answer"
    if not isinstance(users, list):
        return "unexpected_answer"
    return "known" if users else "unknown"


def _advice(reason: str, config: BrazeConfig, profile: str) -> str:
    names = {"type": str(config.identifier), "value": profile}
    texts = {
        "known": _("Braze knows a profile with the %(type)s “%(value)s”: the identifiers match.") % names,
        "unknown": _(
            "Braze knows no profile with the %(type)s “%(value)s”. If the member is there under another ID, the "
            "identifier type does not match: events then land on another profile or are dropped. Compare the ID on the "
            "profile in Braze (Audience → Search users) with this one."
        )
        % names,
        "export_not_allowed": _(
            "This key may not look profiles up: it lacks the permission users.export.ids, which streaming does not "
            "need. Search for “%(value)s” in Braze (Audience → Search users), or create a key with both permissions."
        )
        % names,
    }
    return texts.get(reason) or test_advice(reason)
