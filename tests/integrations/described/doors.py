"""The doors as one who reads their description meets them: a program with everything that the examples name."""

import copy
from functools import cache

import schemathesis
from django.utils import timezone
from schemathesis.checks import load_all_checks
from schemathesis.config import SchemathesisConfig

from integrations.braze import operations as described
from integrations.braze.models import CouponBatch
from integrations.inbound.description import DOCUMENT
from integrations.keys.authentication import HEADER
from integrations.keys.models import Scope
from selfservice.apidocs.documents import document_of
from tests.factories.connection import connect_braze, key_for
from tests.factories.engine import AccountFactory, CouponFactory, LevelFactory, MembershipFactory, ProgramFactory
from tests.loyalty_api.described import running

CODE = "club"
# What stands at each part of a path or body, beside what is made up.
KNOWN = {
    "programId": [CODE],
    "accountId": [described.ACCOUNT, "a-anonymous"],
    "couponId": [described.COUPON],
    "batchId": [described.BATCH],
    "account_id": [described.ACCOUNT],
    "optins": [["newsletter"]],
}
ACCEPTED = ["2xx", "400", "401", "404"]
# Connected Content answers 200 to a query that cannot be used, and says so in the body.
LENIENT = ["2xx", "400", "401", "403", "404", "405", "406", "411", "413", "415", "422", "428", "5xx"]
_keys: list[str] = []


def build():
    program = ProgramFactory(code=CODE, optins=["newsletter"])
    LevelFactory(program=program, slug="gold", name="Gold", needed_status_points=1_000)
    connect_braze(program)
    AccountFactory(id="a-anonymous", program=program)
    account = AccountFactory(id=described.ACCOUNT, program=program, points=5_000, status_points=1_380)
    AccountFactory(id=described.OTHER_ACCOUNT, program=program)
    MembershipFactory(account=account)
    CouponFactory(id=described.COUPON, program=program, assignation_type="ALL", usage_type="REWARD", value=10_000)
    CouponBatch.objects.create(
        id=described.BATCH, program=program, coupon_id=described.COUPON, finished_at=timezone.now()
    )
    _keys[:] = [key_for(program, scopes=Scope.values)]


class Key:
    """Brings the key with each call, but those that the checks make to see a stranger refused."""

    def get(self, _case, _context):
        return _keys[0]

    def set(self, case, data, _context):
        case.headers[HEADER] = data


@cache
def operations():
    return {found.ok().label: found.ok() for found in loaded().get_all_operations()}


@cache
def loaded():
    config = SchemathesisConfig.from_dict(
        {
            "generation": {"allow-x00": False},
            "checks": {"positive_data_acceptance": {"expected-statuses": [*ACCEPTED, "429"]}},
            "operations": [
                {
                    "include-path-regex": "/members/[^/]+/(profile|coupons|ledger)$",
                    "checks": {"negative_data_rejection": {"expected-statuses": LENIENT}},
                },
                {
                    # One bad event among others is listed, and holds up no other.
                    "include-path-regex": "/events$",
                    "checks": {"negative_data_rejection": {"expected-statuses": LENIENT}},
                },
            ],
        }
    )
    made = schemathesis.openapi.from_dict(_document(), config=config)
    made.app = running.product
    made.auth(refresh_interval=None)(Key)
    load_all_checks()
    return made


def _document():
    made = copy.deepcopy(document_of(DOCUMENT))
    for item in made["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = _likely(parameter["name"], parameter["schema"])
                if parameter["name"] == "Idempotency-Key":
                    # A key that was used for another body is refused, which the description of one call cannot say.
                    parameter["schema"] = {"type": "string"}
    for name, schema in made["components"]["schemas"].items():
        if name.endswith("Request"):
            loose = running.loosely_typed(schema)["properties"]
            schema["properties"] = {key: _likely(key, value) for key, value in loose.items()}
    return made


def _likely(name, schema):
    return {"anyOf": [{"enum": KNOWN[name]}, schema]} if name in KNOWN else schema
