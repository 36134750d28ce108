"""Which page is shown, and the first of them: requests and profiles side by side."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Protocol

from simulators.braze.page.details import show_profile, show_request
from simulators.braze.page.entries import key_end, newest_entries, objects_of, words
from simulators.braze.page.html import Child, Html, joined, tag
from simulators.braze.page.layout import (
    badge,
    clock,
    count,
    lines,
    missing,
    page,
    section,
    status_badge,
    table,
)
from simulators.braze.profile import Profile
from simulators.journal import Journal
from simulators.json_values import Json, JsonObject
from simulators.messages import Request, Response

REFRESH_SECONDS = 5
REQUESTS_SHOWN = 40
PROFILES_SHOWN = 40
REQUESTS, PROFILES = "/_ui/requests/", "/_ui/profiles/"


class Source(Protocol):
    """What the pages ask of the stand-in."""

    def newest_profiles(self) -> Iterator[Profile]: ...

    def profile_of(self, braze_id: str) -> Profile | None: ...

    def note(self) -> str:
        """Plan, limits and what else a visitor should know, in a line."""
        ...


def show(request: Request, *, journal: Journal, source: Source) -> Response:
    if request.method not in ("GET", "HEAD"):
        return missing("There is nothing to send here.")
    path = request.path
    if path in ("/", "/_ui", "/_ui/"):
        return _overview(request.query.get("q", "").strip(), journal, source)
    number = path.removeprefix(REQUESTS)
    if path.startswith(REQUESTS) and number.isascii() and number.isdigit() and len(number) < 16:
        return show_request(int(number), journal=journal, note=source.note())
    if path.startswith(PROFILES):
        return show_profile(source.profile_of(path.removeprefix(PROFILES)), note=source.note())
    return missing("There is no such page.")


def _overview(search: str, journal: Journal, source: Source) -> Response:
    entries = newest_entries(journal, limit=REQUESTS_SHOWN)
    rows = [_request_row(entry) for entry in reversed(entries)]
    columns = [("Time (UTC)", "fixed"), ("Answer", "fixed"), ("What", ""), ("Key", "fixed wide")]
    requests = section(
        "Last requests",
        f"{journal.last:,} so far",
        table(columns, rows, "Nothing has been sent yet."),
    )
    # While somebody types or reads a result, the page stays as it is.
    refresh = None if search else REFRESH_SECONDS
    return page("Braze stand-in", source.note(), requests, _profiles(search, source), two=True, refresh=refresh)


def _profiles(search: str, source: Source) -> Html:
    wanted = search.casefold()
    found = (profile for profile in source.newest_profiles() if not wanted or _matches(profile, wanted))
    shown = list(islice(found, PROFILES_SHOWN))
    rows: list[list[Child]] = [
        [_profile_link(each), len(each.attributes), len(each.custom_events), len(each.purchases)] for each in shown
    ]
    columns = [("Profile", ""), ("Attributes", "number wide"), ("Events", "number"), ("Purchases", "number")]
    hint = "Id, alias, e-mail, phone or name"
    field = tag("input", type="search", name="q", value=search, placeholder=hint, aria_label="Search profiles")
    form = tag("form", field, tag("button", "Search"), action="/")
    nothing = "No profile fits." if search else "There are no profiles yet."
    return section("Profiles", "newest first", form, table(columns, rows, nothing))


def _matches(profile: Profile, wanted: str) -> bool:
    named = [profile.attributes.get(name) for name in ("email", "phone", "first_name", "last_name")]
    known: list[Json] = [profile.external_id, *(alias["alias_name"] for alias in profile.aliases), *named]
    return any(isinstance(text, str) and wanted in text.casefold() for text in known)


def _profile_link(profile: Profile) -> Html:
    names = [profile.attributes.get(name) for name in ("first_name", "last_name")]
    full = " ".join(name for name in names if isinstance(name, str))
    link = tag("a", str(profile.identifier or profile.braze_id), href=PROFILES + profile.braze_id)
    return lines(link, tag("span", full, class_="dim") if full else None)


def _request_row(entry: JsonObject) -> list[Child]:
    objects = objects_of(entry)
    arrays = Counter(str(each["array"]) for each in objects)
    told = ", ".join(count(number, *words(array)) for array, number in arrays.items())
    refused = sum(each["error"] is not None for each in objects)
    fault = entry["fault"]
    notes: list[Child] = [
        badge(count(refused, "error", "errors"), "bad") if refused else None,
        badge(f"fault: {fault}", "warn") if fault else None,
    ]
    number = tag("a", str(entry["path"]), href=f"{REQUESTS}{entry['n']}")
    what = lines(number, joined(tag("span", told, class_="dim"), " ", *notes) if objects or fault else None)
    return [clock(entry["at"]), status_badge(entry["status"]), what, key_end(entry)]
