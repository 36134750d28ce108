"""Braze's Liquid as far as its documentation tells: a real engine with the tags, filters and `${…}` of Braze."""

import json
import re
from dataclasses import dataclass, field
from urllib.parse import quote

import requests
from liquid import Environment
from liquid.ast import Node
from liquid.tag import Tag
from liquid.token import TOKEN_EXPRESSION, TOKEN_TAG

CONNECTED_CONTENT_SECONDS = 2.0
LEAST_CACHE_SECONDS, MOST_CACHE_SECONDS = 300, 14_400
_OPTION = re.compile(r":(\w+)(?:\s+(\{.*?\}|[^:\s]\S*))?", re.DOTALL)
_PLACE = re.compile(r"(\w+)\.\$\{(\w+)\}")
_PROFILE_PLACE = re.compile(r"\$\{(\w+)\}")


class Aborted(Exception):
    """The message is not sent."""


@dataclass
class Fetched:
    """One call of Connected Content, with what Braze would have done about its cache."""

    url: str
    headers: dict
    options: dict
    status: int

    @property
    def cache_seconds(self):
        if "no_cache" in self.options:
            return 0
        asked = int(self.options.get("cache_max_age", LEAST_CACHE_SECONDS))
        return min(max(asked, LEAST_CACHE_SECONDS), MOST_CACHE_SECONDS)


@dataclass
class Braze:
    """Renders texts for one profile. `fetched` are the calls that rendering made."""

    attributes: dict = field(default_factory=dict)
    profile: dict = field(default_factory=dict)
    campaign: dict = field(default_factory=dict)
    fetched: list = field(default_factory=list)

    def render(self, text):
        environment = Environment(autoescape=False)
        environment.add_filter("json_escape", lambda value: json.dumps(_text(value), ensure_ascii=False)[1:-1])
        environment.add_filter("url_param_escape", lambda value: quote(_text(value), safe=""))
        environment.add_tag(_ConnectedContent)
        environment.add_tag(_AbortMessage)
        plain = _PROFILE_PLACE.sub(r"braze_profile.\1", _PLACE.sub(r"\1.\2", text))
        return environment.from_string(plain).render(
            braze_profile=self.profile, custom_attribute=self.attributes, campaign=self.campaign, braze=self
        )

    def fetch(self, expression):
        """Only 2xx counts, no redirect is followed, and what comes too late is nothing."""
        url, _space, rest = expression.strip().partition(" ")
        options = dict(_OPTION.findall(rest))
        headers = json.loads(options.get("headers") or "{}")
        try:
            answer = requests.get(url, headers=headers, timeout=CONNECTED_CONTENT_SECONDS, allow_redirects=False)
        except requests.RequestException:
            self.fetched.append(Fetched(url, headers, options, 0))
            return options.get("save", "connected"), ""
        self.fetched.append(Fetched(url, headers, options, answer.status_code))
        found = answer.json() if answer.ok and answer.status_code < 300 else ""
        if isinstance(found, dict):
            found["__http_status_code__"] = answer.status_code
        return options.get("save", "connected"), found


class _ConnectedContentNode(Node):
    def __init__(self, token, expression):
        super().__init__(token)
        self.expression = expression

    def render_to_output(self, context, buffer):
        rendered = context.env.from_string(self.expression).render(**dict(context.globals))
        name, found = context.globals["braze"].fetch(" ".join(rendered.split()))
        context.assign(name, found)
        return 0


class _ConnectedContent(Tag):
    name = "connected_content"
    block = False

    def parse(self, stream):
        token = stream.eat(TOKEN_TAG)
        stream.expect(TOKEN_EXPRESSION)
        return _ConnectedContentNode(token, stream.current.value)


class _AbortNode(Node):
    def __init__(self, token, reason):
        super().__init__(token)
        self.reason = reason

    def render_to_output(self, context, buffer):
        raise Aborted(self.reason)


class _AbortMessage(Tag):
    name = "abort_message"
    block = False

    def parse(self, stream):
        token = stream.eat(TOKEN_TAG)
        return _AbortNode(token, stream.current.value)


def _text(value):
    return "" if value is None else str(value)
