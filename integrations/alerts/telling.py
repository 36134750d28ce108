"""What a mail about an incident says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from integrations.alerts.models import Incident, Moment, Rule
from integrations.alerts.wording import Words, words_of
from integrations.frame.places import Place, address_of
from selfservice.programs.models import Program
from selfservice.ui.spans import lasting
from selfservice.ui.templatetags.shell import minute
from selfservice.ui.zones import known_zone


@dataclass(frozen=True, slots=True)
class Letter:
    """Of a paragraph the lines may be several."""

    subject: str
    paragraphs: tuple[str, ...]

    def context(self) -> dict[str, Any]:
        return {"subject": self.subject, "paragraphs": self.paragraphs}


def letter_of(*, incident: Incident, moment: Moment, facts: Mapping[str, Any], language: str, stop: str = "") -> Letter:
    """`facts` are those of that moment, `stop` is the link that ends these mails. Addresses of pages are left out where
    nobody knows the installation's own."""
    with translation.override(language):
        words = words_of(rule=Rule(incident.rule), connection=incident.connection, facts=facts)
        paragraphs = [_sentence(incident, moment, words), "\n".join(f"– {line}" for line in words.lines)]
        if moment is not Moment.OVER:
            paragraphs += _link(words.button, acting_address(incident, words))
        paragraphs += settings_link(incident.program)
        if stop:
            paragraphs += [_("Get no more of these mails:"), stop]
        return Letter(_subject(incident, moment, words), tuple(paragraphs))


def acting_address(incident: Incident, words: Words) -> str:
    """The path of the page on which one acts."""
    place = Place(incident.program, incident.connection.spec, None)
    return address_of(words.view, place, **words.query)


def settings_link(program: Program) -> list[str]:
    return _link(_("Who gets these mails, and when:"), reverse("alerts:alerts", kwargs={"code": program.code}))


def _link(words: str, path: str) -> list[str]:
    return [words, f"{settings.PUBLIC_URL}{path}"] if settings.PUBLIC_URL else []


def _subject(incident: Incident, moment: Moment, words: Words) -> str:
    named = {"program": incident.program.name, "headline": words.headline, "title": incident.connection.spec.title}
    if moment is Moment.OVER:
        return _("%(program)s, %(title)s: over: %(headline)s") % named
    if moment is Moment.REMINDER:
        return _("%(program)s, %(title)s: still: %(headline)s") % named
    return _("%(program)s, %(title)s: %(headline)s") % named


def _sentence(incident: Incident, moment: Moment, words: Words) -> str:
    at = minute(timezone.localtime(incident.opened_at, known_zone(incident.program.timezone)))
    if moment is Moment.REMINDER:
        return _("%(sentence)s So it has been since %(at)s.") % {"sentence": words.sentence, "at": at}
    if moment is Moment.OVER and incident.ended_at:
        span = lasting(incident.ended_at - incident.opened_at)
        return _("%(over)s It began %(at)s and lasted %(span)s.") % {"over": words.over, "at": at, "span": span}
    return words.sentence
