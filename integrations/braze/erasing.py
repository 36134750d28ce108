"""Deletes a profile in Braze: https://www.braze.com/docs/api/endpoints/user_data/post_user_delete"""

from dataclasses import replace

import orjson
from requests import Session

from integrations.braze.client import DELETE_PATH
from integrations.braze.config import BrazeConfig
from integrations.braze.finding import wanted
from integrations.braze.sender import ask
from integrations.spec import Answer, Stopped

NOT_ALLOWED = "deletion_not_allowed"


def erase_profile(config: BrazeConfig, profile: str, session: Session) -> Answer:
    """Needs the permission users.delete, which streaming does not. To what Braze does not know it says yes."""
    answer = ask(orjson.dumps(wanted(config, profile)), config, session, DELETE_PATH)
    if answer.outcome == Stopped("permission_missing"):
        return replace(answer, outcome=Stopped(NOT_ALLOWED))
    return answer
