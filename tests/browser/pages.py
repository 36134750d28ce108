"""The one list of the product's pages, each of which has something to show in `world`."""

from collections.abc import Callable

from integrations.alerts.stopping import stop_token
from tests.browser.world import CARD, CODE, World

Path = Callable[[World], str]


def _fixed(path: str) -> Path:
    return lambda _world: path


def _member(world: World, query: str = "") -> str:
    return f"/programs/{CODE}/members/{world.account.pk}{query}"


def _to_member(world: World, act: str) -> str:
    return f"/programs/{CODE}/members/-/{act}/{world.account.pk}"


# Of somebody who is signed in as the program's admin. A page whose path names a thing takes it from the world.
PAGES: dict[str, Path] = {
    "programs": _fixed("/programs"),
    "program": _fixed(f"/programs/{CODE}"),
    "members": _fixed(f"/programs/{CODE}/members"),
    "members, found": _fixed(f"/programs/{CODE}/members?q=ada"),
    "members, nobody": _fixed(f"/programs/{CODE}/members?q=charles"),
    "member of the program": lambda world: _member(world),
    "member, status points": lambda world: _member(world, "?list=status"),
    "member, coupons": lambda world: _member(world, "?list=coupons"),
    "book points": lambda world: _to_member(world, "book"),
    "give a coupon": lambda world: _to_member(world, "assign"),
    "properties of an account": lambda world: _to_member(world, "properties"),
    "record a consent": lambda world: _to_member(world, "optin") + "?membership=m&channel=newsletter&flag=yes",
    "lock an account": lambda world: _to_member(world, "lock"),
    "erase a member": lambda world: _to_member(world, "erase"),
    "first steps": _fixed(f"/programs/{CODE}/first-steps"),
    "levels": _fixed(f"/programs/{CODE}/levels"),
    "level": lambda world: f"/programs/{CODE}/levels/{world.level.slug}/edit",
    "level, remove": lambda world: f"/programs/{CODE}/levels/{world.level.slug}/remove",
    "points rules": _fixed(f"/programs/{CODE}/levels/rules"),
    "reports": _fixed(f"/programs/{CODE}/reports?period=7d"),
    "report, points": _fixed(f"/programs/{CODE}/reports/points?period=12m"),
    "report, bad period": _fixed(f"/programs/{CODE}/reports/coupons?since=2026-02-02&until=2026-01-01"),
    "settings": _fixed(f"/programs/{CODE}/settings"),
    "places": _fixed(f"/programs/{CODE}/settings/places"),
    "store": lambda world: f"/programs/{CODE}/settings/places/store/{world.store.pk}",
    "properties": _fixed(f"/programs/{CODE}/settings/properties"),
    "API users": _fixed(f"/programs/{CODE}/settings/api-users"),
    "API user, password": lambda world: f"/programs/{CODE}/settings/api-users/{world.api_user.pk}/password",
    "platform": _fixed(f"/programs/{CODE}/settings/platform"),
    "platform, switch": _fixed(f"/programs/{CODE}/settings/platform/switch"),
    "overview": _fixed(CARD),
    "connection": _fixed(f"{CARD}/connection"),
    "keys": _fixed(f"{CARD}/keys"),
    "revoke": lambda world: f"{CARD}/keys/{world.key.prefix}/revoke",
    "rotate": lambda world: f"{CARD}/keys/{world.key.prefix}/rotate",
    "snippets": _fixed(f"{CARD}/snippets"),
    "history": _fixed(f"{CARD}/connection/history"),
    "roll-back": lambda world: f"{CARD}/connection/history/{world.saved.pk}",
    "mapping": _fixed(f"{CARD}/mapping"),
    "mapping, member": _fixed(f"{CARD}/mapping/member?account=a-1"),
    "mapping, send one member": _fixed(f"{CARD}/mapping/member/tell?account=a-1"),
    "mapping, sample": _fixed(f"{CARD}/mapping/events/BALANCE_CHANGED"),
    "first call": _fixed(f"{CARD}/first-call"),
    "check": _fixed(f"{CARD}/check"),
    "activity": _fixed(f"{CARD}/activity"),
    "activity, events": _fixed(f"{CARD}/activity?state=ended&period=7d"),
    "activity, bad filter": _fixed(f"{CARD}/activity?status=soup"),
    "call": lambda world: f"{CARD}/activity/calls/{world.call.day:%Y%m%d}/{world.call.pk}",
    "member": _fixed(f"{CARD}/members/a-1"),
    "dead letters": _fixed(f"{CARD}/dead-letters"),
    "waiting": _fixed(f"{CARD}/dead-letters?state=waiting"),
    "letters": _fixed(f"{CARD}/dead-letters/list"),
    "letter": lambda world: f"{CARD}/dead-letters/{world.dead.day:%Y%m%d}-{world.dead.pk}",
    "edit a letter": lambda world: f"{CARD}/dead-letters/{world.dead.day:%Y%m%d}-{world.dead.pk}/edit",
    "replays": _fixed(f"{CARD}/replays"),
    "replay plan": _fixed(f"{CARD}/replays/new"),
    "replay": lambda world: f"{CARD}/replays/{world.job.pk}",
    "resync": _fixed(f"{CARD}/resync"),
    "statistics": _fixed(f"{CARD}/statistics?period=7d"),
    "statistics, no such period": _fixed(f"{CARD}/statistics?period=1y"),
    "coupons": _fixed(f"/programs/{CODE}/coupons"),
    "coupons, none": _fixed(f"/programs/{CODE}/coupons?q=nothing&status=ENDED"),
    "coupon, new": _fixed(f"/programs/{CODE}/coupons/new"),
    "coupon": lambda world: f"/programs/{CODE}/coupons/{world.coupon.id}",
    "coupon, edit": lambda world: f"/programs/{CODE}/coupons/{world.coupon.id}/edit",
    "coupon, images": lambda world: f"/programs/{CODE}/coupons/{world.coupon.id}/images",
    "coupon, holders": lambda world: f"/programs/{CODE}/coupons/{world.coupon.id}/holders",
    "coupon, held": lambda world: f"/programs/{CODE}/coupons/held/{world.held}",
    "people": _fixed(f"/programs/{CODE}/people"),
    "people, role": lambda world: f"/programs/{CODE}/people/{world.member.pk}/role",
    "people, withdraw": lambda world: f"/programs/{CODE}/people/{world.member.pk}/withdraw",
    "people, revoke": lambda world: f"/programs/{CODE}/invitations/{world.invited.invitation.pk}/revoke",
    "alerts": _fixed(f"/programs/{CODE}/alerts?lookback=7d"),
    "audit trail": _fixed(f"/programs/{CODE}/audit"),
    "audit trail, bad filter": _fixed(f"/programs/{CODE}/audit?since=2026-11-02&until=2026-11-01"),
    "profile": _fixed("/profile"),
    "password": _fixed("/profile/password"),
    "second factor": _fixed("/profile/second-factor"),
    "sessions": _fixed("/profile/sessions"),
    "guide": _fixed("/guide"),
    "not found": _fixed("/programs/no-such-club"),
}
# Before one is signed in.
OPEN_PAGES: dict[str, Path] = {
    "sign-in": _fixed("/sign-in"),
    "forgotten": _fixed("/sign-in/forgotten"),
    "alerts, confirm": lambda world: f"/alerts/confirm/{world.asked.token}",
    "alerts, stop": lambda world: f"/alerts/stop/{stop_token(world.asked.receiver)}",
    "invitation": lambda world: f"/sign-in/invitation/{world.invited.token}",
}
# Pages that say that something is wrong do so with a status that the browser tells of.
REFUSED = {
    "activity, bad filter",
    "statistics, no such period",
    "audit trail, bad filter",
    "report, bad period",
    "not found",
}
