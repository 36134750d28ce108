"""Accounts, people, places and what a search finds."""

from typing import Annotated, TypedDict

from loyalty_api.api.answers.coupons import AccountCouponAnswer
from loyalty_api.api.answers.ledger import BalanceAnswer, ExpiringPointsAnswer, LevelStatusAnswer, RatingLevelAnswer
from loyalty_api.api.answers.scalars import Day, Free, Moment
from loyalty_api.engine.models import AccountStatus, IdentifierStatus, IdentifierType, MemberRole
from loyalty_api.engine.search import DOMAINS
from selfservice.apidocs.answer_schemas import Keyword, one_of

Status = Annotated[str, "Only an active account earns and burns.", one_of(AccountStatus.values)]


class AccountAnswer(TypedDict):
    id: Annotated[str, "The account's id, whichever code it was asked for by."]
    program: Annotated[str, "The program's code."]
    status: Status
    createdAt: Moment | None


class PropertyAnswer(TypedDict):
    id: Annotated[str, Keyword("format", "uuid")]
    name: str
    value: Free


class OptinAnswer(TypedDict):
    type: Annotated[str, "A channel of the program."]
    flag: Annotated[bool, "True for allowed, false for declined."]


class MembershipAnswer(TypedDict):
    membershipId: str
    accountId: str
    userId: str
    memberRole: Annotated[str, one_of(MemberRole.values)]
    partnerId: Annotated[str | None, "The partner that the member joined at."]
    optins: Annotated[list[OptinAnswer], "A channel that the member never spoke about is absent."]
    createdAt: Annotated[Moment | None, "When the member joined."]


class UserAnswer(TypedDict):
    userId: str
    emailAddress: str
    phone: str
    givenName: str
    familyName: str
    birthDate: Day | None
    genderCode: str | None
    streetHouseNo: str
    zipCode: str
    city: str
    countryCode: Annotated[str | None, "Two letters, as in ISO 3166-1."]
    customProperties: list[PropertyAnswer]


class MemberAnswer(UserAnswer, MembershipAnswer):
    """The person's fields and the membership's on one level."""


class IdentifierAnswer(TypedDict):
    identifierId: str
    type: Annotated[str, one_of(IdentifierType.values)]
    code: Annotated[str, "What a scanner reads."]
    displayCode: Annotated[str, "What is printed."]
    status: Annotated[str, "A locked code leads to no account.", one_of(IdentifierStatus.values)]


class AccountDetailsAnswer(TypedDict):
    accountId: str
    program: str
    status: Status
    createdAt: Moment | None
    accountBalance: BalanceAnswer
    level: LevelStatusAnswer
    ratingLevel: RatingLevelAnswer | None
    identifiers: list[IdentifierAnswer]
    memberships: list[MemberAnswer]
    accountCoupons: list[AccountCouponAnswer]
    customProperties: list[PropertyAnswer]
    expiringPoints: ExpiringPointsAnswer | None


class FraudCaseAnswer(TypedDict):
    accountId: str
    reason: str
    comment: str
    createdAt: Moment


class SearchHitAnswer(TypedDict):
    type: Annotated[str, one_of(list(DOMAINS))]
    refId: Annotated[str, "The id of what was found."]
    preview: Annotated[str, "A line to recognise it by."]


class SearchAnswer(TypedDict):
    searchTerm: str
    nrOfResults: int
    results: Annotated[dict[str, list[SearchHitAnswer]], "Keyed by domain; one without a hit is absent."]


class LevelAnswer(TypedDict):
    id: str
    name: str
    neededStatePoints: int


class ProgramAnswer(TypedDict):
    programId: Annotated[str, "The program's code."]
    name: str
    currencyCode: str
    language: str
    timeZone: Annotated[str, "Times without an offset are read in this zone."]
    membershipOptins: Annotated[list[str], "The channels a member can allow or decline."]
    levels: list[LevelAnswer]


class PartnerAnswer(TypedDict):
    partnerId: str
    name: str


class StoreAnswer(TypedDict):
    storeId: str
    partnerId: str
    name: str
    streetHouseNo: str
    zipCode: str
    city: str
    countryCode: str | None
    phone: str


class InteractionPointAnswer(TypedDict):
    interactionId: Annotated[str, "What the header `interaction-id` names."]
    program: str
    partnerId: str | None
    storeId: str | None
    default: Annotated[bool, "Taken where a call names none."]


class UserCreatedAnswer(TypedDict):
    userId: str


class PushTokenCreatedAnswer(TypedDict):
    tokenId: str
