"""Where calls come from: partners, their stores, and interaction points."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Partner:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Store:
    id: str
    partner_id: str
    name: str
    street_house_no: str = ""
    zip_code: str = ""
    city: str = ""
    country_code: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class InteractionPoint:
    """A till, shop or app. `id` is what the header `interaction-id` says; partner and store may be empty."""

    id: str
    program: str
    partner_id: str = ""
    store_id: str = ""
    is_default: bool = False
