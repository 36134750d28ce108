"""What the pages share: frame, tables, badges."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from simulators.braze.page.html import Child, Html, joined, tag
from simulators.json_values import Json, write_json
from simulators.messages import Response

STYLE = Html((Path(__file__).parent / "page.css").read_text("utf-8"))
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}


def page(title: str, note: str, *content: Child, two: bool = False, refresh: int | None = None) -> Response:
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="refresh", content=str(refresh)) if refresh else None,
        tag("title", title),
        tag("style", STYLE),
    )
    banner = tag("header", tag("div", tag("a", "Braze stand-in", href="/"), tag("p", note)))
    body = tag("body", banner, tag("main", *content, class_="two" if two else None))
    return Response(200, b"<!doctype html>" + tag("html", head, body, lang="en").encode(), HEADERS)


def missing(text: str) -> Response:
    shown = page("Not found", "", tag("section", tag("p", text)))
    return Response(404, shown.body, HEADERS)


def section(title: str, amount: str, *content: Child) -> Html:
    return tag("section", tag("h2", title, " ", tag("small", amount)), *content)


def table(
    columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Child]], otherwise: str = "None.", kind: str = ""
) -> Html:
    """Columns are pairs of a title and a class. Without rows a sentence stands in. On a phone, the cells of "records"
    stand one below the other."""
    head = tag("tr", *(tag("th", title, class_=place or None) for title, place in columns))
    body = [
        tag("tr", *(tag("td", cell, class_=kind or None) for cell, (_, kind) in zip(row, columns, strict=True)))
        for row in rows
    ]
    if not body:
        return tag("p", otherwise, class_="dim")
    return tag("div", tag("table", tag("thead", head), tag("tbody", *body), class_=kind or None), class_="scroll")


def badge(text: str, kind: str = "") -> Html:
    return tag("span", text, class_=f"badge {kind}".strip())


def status_badge(status: Json) -> Html:
    if not isinstance(status, int):
        return badge("no answer", "bad")
    return badge(str(status), "good" if status < 300 else "warn" if status < 500 else "bad")


def as_code(value: Json) -> Html:
    return tag("code", value if isinstance(value, str) else write_json(value).decode())


def count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def clock(epoch: Json) -> str:
    return f"{datetime.fromtimestamp(epoch, UTC):%H:%M:%S}" if isinstance(epoch, int | float) else ""


def lines(*children: Child) -> Html:
    return joined(*(tag("div", child) for child in children if child))
