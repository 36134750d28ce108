"""Where the help for a page stands."""

from typing import Any

from django import template
from django.urls import reverse

from selfservice.guide.topics import topic_of

register = template.Library()


@register.simple_tag(takes_context=True)
def help_address(context: template.Context) -> str:
    """Of the page that is being shown; the guide's beginning for one that nobody has written about."""
    request: Any = context.get("request")
    match = request.resolver_match if request else None
    topic = topic_of(match.view_name) if match else ""
    return reverse("guide:guide") + (f"#{topic}" if topic else "")
