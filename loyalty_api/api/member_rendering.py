"""Accounts, people and places as the REST interface spells them."""

from collections.abc import Iterable

from loyalty_api.api import coupon_rendering, ledger_rendering, rendering
from loyalty_api.api.answers.ledger import RatingLevelAnswer
from loyalty_api.api.answers.members import (
    AccountDetailsAnswer,
    FraudCaseAnswer,
    IdentifierAnswer,
    InteractionPointAnswer,
    MemberAnswer,
    PartnerAnswer,
    SearchAnswer,
    SearchHitAnswer,
    StoreAnswer,
)
from loyalty_api.contract import (
    AccountDetails,
    FraudCase,
    Identifier,
    InteractionPoint,
    Member,
    Partner,
    RatingLevel,
    SearchHit,
    Store,
)
from loyalty_api.engine.events import moment


def account_details(record: AccountDetails) -> AccountDetailsAnswer:
    return {
        "accountId": record.account.id,
        "program": record.account.program,
        "status": record.account.status,
        "createdAt": moment(record.account.created_at),
        "accountBalance": rendering.balance(record.balance),
        "level": ledger_rendering.level_status(record.level),
        "ratingLevel": rating_level(record.rating_level),
        "identifiers": [identifier(each) for each in record.identifiers],
        "memberships": [member(each) for each in record.members],
        "accountCoupons": [coupon_rendering.account_coupon(each) for each in record.coupons],
        "customProperties": rendering.custom_properties(record.custom_properties, owner_id=record.account.id),
        "expiringPoints": ledger_rendering.expiring_points(record.expiring_points),
    }


def rating_level(record: RatingLevel) -> RatingLevelAnswer | None:
    return {"ratingLevel": record.level.name, "validTo": moment(record.valid_to)} if record.level else None


def member(record: Member) -> MemberAnswer:
    """The person's fields and the membership's on one level."""
    return {**rendering.user(record.user), **rendering.membership(record.membership)}


def identifier(record: Identifier) -> IdentifierAnswer:
    return {
        "identifierId": record.id,
        "type": record.type,
        "code": record.code,
        "displayCode": record.display_code,
        "status": record.status,
    }


def fraud_case(record: FraudCase) -> FraudCaseAnswer:
    return {
        "accountId": record.account_id,
        "reason": record.reason,
        "comment": record.comment,
        "createdAt": moment(record.created_at),
    }


def search_results(term: str, hits: Iterable[SearchHit]) -> SearchAnswer:
    """Keyed by domain; a domain without a hit is absent."""
    results: dict[str, list[SearchHitAnswer]] = {}
    for hit in hits:
        results.setdefault(hit.type, []).append({"type": hit.type, "refId": hit.id, "preview": hit.preview})
    return {"searchTerm": term, "nrOfResults": sum(map(len, results.values())), "results": results}


def partner(record: Partner) -> PartnerAnswer:
    return {"partnerId": record.id, "name": record.name}


def store(record: Store) -> StoreAnswer:
    return {
        "storeId": record.id,
        "partnerId": record.partner_id,
        "name": record.name,
        "streetHouseNo": record.street_house_no,
        "zipCode": record.zip_code,
        "city": record.city,
        "countryCode": record.country_code or None,
        "phone": record.phone,
    }


def interaction_point(record: InteractionPoint) -> InteractionPointAnswer:
    return {
        "interactionId": record.id,
        "program": record.program,
        "partnerId": record.partner_id or None,
        "storeId": record.store_id or None,
        "default": record.is_default,
    }
