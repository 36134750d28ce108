"""The page of one request and that of one profile."""

from urllib.parse import quote

from simulators.braze.page.entries import key_end, newest_entries, objects_of, words
from simulators.braze.page.html import Child, Html, joined, tag
from simulators.braze.page.layout import as_code, badge, clock, missing, page, section, status_badge, table
from simulators.braze.profile import Profile
from simulators.journal import Journal
from simulators.json_values import JsonObject
from simulators.messages import Response

REFRESH_SECONDS = 5
RECORDS_SHOWN = 100


def show_request(number: int, *, journal: Journal, note: str) -> Response:
    found = [entry for entry in newest_entries(journal, since=number - 1) if entry["n"] == number]
    if not found:
        return missing("This request is not among the recent ones.")
    (entry,) = found
    facts = [
        ("Answer", status_badge(entry["status"])),
        ("Time (UTC)", Html(clock(entry["at"]))),
        ("Key ends with", joined(key_end(entry))),
        ("User agent", joined(str(entry["user_agent"] or "none"))),
        ("Fault", joined(str(entry["fault"] or "none"))),
    ]
    shown = tag("dl", *(joined(tag("dt", title), tag("dd", value)) for title, value in facts))
    rows = [_object_row(each) for each in objects_of(entry)]
    columns = [("Kind", "fixed"), ("User", ""), ("What", ""), ("Time", "fixed wide"), ("Outcome", "")]
    objects = section("Objects", str(len(rows)), table(columns, rows, kind="records"))
    return page(f"Request {number}", note, tag("h1", str(entry["path"])), tag("section", shown), objects)


def _object_row(told: JsonObject) -> list[Child]:
    user = told["id"]
    link = tag("a", str(user), href=f"/?q={quote(str(user), safe='')}") if user else badge("none", "bad")
    what = as_code(
        told.get("attributes") if told["array"] == "attributes" else told.get("name", told.get("product_id"))
    )
    outcome = (
        badge("taken", "good") if told["error"] is None else joined(badge("refused", "bad"), " ", str(told["error"]))
    )
    kind = f"{words(str(told['array']))[0].removesuffix(' object')} {told['index']}"
    return [kind, link, what, str(told["time"] or ""), outcome]


def show_profile(profile: Profile | None, *, note: str) -> Response:
    if profile is None:
        return missing("There is no such profile.")
    aliases = ", ".join(f"{alias['alias_label']}: {alias['alias_name']}" for alias in profile.aliases)
    facts = [("External id", profile.external_id), ("Aliases", aliases), ("Braze id", profile.braze_id)]
    shown = tag("dl", *(joined(tag("dt", title), tag("dd", value or "none")) for title, value in facts))
    attributes = [[name, as_code(value)] for name, value in sorted(profile.attributes.items())]
    events: list[list[Child]] = [
        [str(each["time"]), str(each["name"]), as_code(each["properties"])] for each in _newest(profile.custom_events)
    ]
    purchases: list[list[Child]] = [
        [str(each["time"]), f"{each['price']} {each['currency']}", str(each["product_id"]), as_code(each["properties"])]
        for each in _newest(profile.purchases)
    ]
    return page(
        str(profile.identifier or profile.braze_id),
        note,
        tag("h1", str(profile.identifier or profile.braze_id)),
        tag("section", shown),
        section("Attributes", str(len(attributes)), table([("Name", ""), ("Value", "")], attributes)),
        section(
            "Events",
            str(len(profile.custom_events)),
            table([("Time", ""), ("Name", ""), ("Properties", "")], events, kind="records"),
        ),
        section(
            "Purchases",
            str(len(profile.purchases)),
            table([("Time", ""), ("Price", "fixed"), ("Product", ""), ("Properties", "")], purchases, kind="records"),
        ),
        refresh=REFRESH_SECONDS,
    )


def _newest(records: list[JsonObject]) -> list[JsonObject]:
    return records[: -RECORDS_SHOWN - 1 : -1]
