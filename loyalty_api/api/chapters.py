"""The chapters of the API, in the order in which its manual has them."""

AUTH = "Authentication"
ACCOUNTS = "Accounts"
IDENTIFIERS = "Identifiers"
MEMBERSHIPS = "Memberships"
BOOKINGS = "Bookings"
TRANSACTIONS = "Transactions"
COUPONS = "Coupons"
ACCOUNT_COUPONS = "Account coupons"
USERS = "Users"
SEARCH = "Search"
PROGRAMS = "Programs"

CHAPTERS = {
    AUTH: "A token for a day, and giving it back.",
    ACCOUNTS: "What collects the points: opened, read, merged, locked; its balance and its level.",
    IDENTIFIERS: "Cards, apps and numbers that lead to an account.",
    MEMBERSHIPS: "Who belongs to an account, and what they allowed to be sent.",
    BOOKINGS: "Movements of points and of status points. None is ever changed; a correction is an opposite booking.",
    TRANSACTIONS: "Receipts: with an account they are rated and booked, without one only stored.",
    COUPONS: "Definitions of coupons.",
    ACCOUNT_COUPONS: "Coupons in the hands of an account: assigned, activated, redeemed.",
    USERS: "People: their data, their sessions in an app, and the devices that take push messages.",
    SEARCH: "One field over accounts and coupons.",
    PROGRAMS: "Programs and their places.",
}
