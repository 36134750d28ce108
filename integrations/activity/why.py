"""Answers "why did it not arrive?" in one sentence. Pure: reads no setting, clock, database or network."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _

from integrations.frame.causes import in_a_sentence
from integrations.shown import Explained, Remedy

UNTOLD = Explained("", "", "", Remedy.NOTHING)


class Fate(StrEnum):
    """What became of an event on the connection."""

    DELIVERED = "delivered"
    DEAD = "dead"
    FILTERED = "filtered"
    WAITING = "waiting"
    HELD = "held"
    # It came in before the connection was made, or for another account that shares the profile.
    ELSEWHERE = "elsewhere"


class Standing(StrEnum):
    """Whether the loyalty platform has the member, as far as it could be asked."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    NOT_TOLD = "not_told"


@dataclass(frozen=True, slots=True)
class Way:
    """The connection. `status` is its own word; "" stands for none. `is_unattended`: events wait, and no worker
    runs."""

    title: str
    status: str = ""
    reason: str = ""
    parked_until: datetime | None = None
    is_wait_stated: bool = False
    is_unattended: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """The event that is asked about. `profile` is the value that was sent; `at` when it came to its end,
    and `words` why it did not arrive. `is_altered`: values of it were left out or repaired. `last_error` tells in words
    why it still waits, which `needs_somebody` to put it right or passes."""

    type: str
    fate: Fate
    at: datetime | None = None
    words: Explained = UNTOLD
    profile: str = ""
    status: int = 0
    is_maybe_twice: bool = False
    is_altered: bool = False
    due_at: datetime | None = None
    is_under_way: bool = False
    failures: int = 0
    last_error: str = ""
    needs_somebody: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """`moment` belongs to the sentence, which ends before it; `leads_to` names the page where it is put right."""

    tone: str
    sentence: str
    advice: str = ""
    moment: datetime | None = None
    leads_to: str = ""


def why(*, account_id: str, standing: Standing, way: Way, told: Told | None, now: datetime) -> Answer:
    if told is None:
        return _without_event(account_id, standing, way)
    by_fate = {
        Fate.DELIVERED: _delivered,
        Fate.DEAD: _dead,
        Fate.FILTERED: _filtered,
        Fate.HELD: _held,
        Fate.ELSEWHERE: _elsewhere,
    }
    return _waiting(way, told, now) if told.fate == Fate.WAITING else by_fate[told.fate](way, told)


def _without_event(account_id: str, standing: Standing, way: Way) -> Answer:
    if standing == Standing.UNKNOWN:
        sentence = _("The program has no member with the account ID “%(account)s”, and no event has come in for it.")
        advice = _(
            "Check the ID: it is the account ID of the loyalty platform, not a mail address or a card number. Capital "
            "letters matter."
        )
        return Answer("bad", sentence % {"account": account_id}, advice)
    if blocked := _blocked(way):
        return blocked
    sentence = _("Nothing has happened for this member since the log began, so there was nothing to send.")
    if standing == Standing.NOT_TOLD:
        sentence = _("No event has come in for this id, and the loyalty platform could not be asked about it.")
    return Answer("calm", sentence, _("Trigger something for the member, such as a booking, and look here again."))


def _delivered(way: Way, told: Told) -> Answer:
    names = {"type": told.type, "title": way.title, "status": told.status or 200}
    sentence = _("It arrived: %(title)s took %(type)s and answered %(status)s at") % names
    advice = _(
        "If it is not on the profile, the identifier does not match: we sent it for “%(profile)s”. Look in %(title)s "
        "for a profile with exactly this value, and check the identifier type of the connection."
    )
    if told.is_maybe_twice:
        twice = _("It may have arrived twice, because the answer to an earlier request was lost.") + " "
        return Answer("warn", sentence, twice + advice % (names | {"profile": told.profile}), told.at, "connection")
    if told.is_altered:
        altered = _("Values that %(title)s does not take were left out or repaired; they are named below.") + " "
        return Answer("warn", sentence, (altered + advice) % (names | {"profile": told.profile}), told.at, "connection")
    return Answer("good", sentence, advice % (names | {"profile": told.profile}), told.at, "connection")


def _dead(way: Way, told: Told) -> Answer:
    sentence = _("%(type)s did not arrive at %(title)s. %(why)s") % _names(way, told, in_a_sentence(told.words))
    return Answer("bad", sentence, str(told.words.advice), leads_to="dead")


def _filtered(way: Way, told: Told) -> Answer:
    sentence = _("%(type)s was not sent to %(title)s. %(why)s") % _names(way, told, in_a_sentence(told.words))
    remedy = told.words.remedy
    leads_to = str(remedy) if remedy in {Remedy.MAPPING, Remedy.CONNECTION} else ""
    return Answer("calm" if remedy == Remedy.NOTHING else "warn", sentence, str(told.words.advice), leads_to=leads_to)


def _held(way: Way, told: Told) -> Answer:
    sentence = _("%(type)s waits: it names a user who has no account in this program yet.") % _names(way, told)
    return Answer("warn", sentence, _("It is sent with the user's first membership."))


def _elsewhere(way: Way, told: Told) -> Answer:
    sentence = _(
        "%(type)s was not sent to %(title)s for this account: it came in before the connection was made, or another "
        "account shares the profile and it was sent for that one."
    )
    return Answer("warn", sentence % _names(way, told), _("A resync brings the profile up to date."))


def _waiting(way: Way, told: Told, now: datetime) -> Answer:
    """From what a person has to put right to what passes by itself."""
    if blocked := _blocked(way):
        return blocked
    names = _names(way, told)
    if way.is_unattended and not told.is_under_way:
        sentence = _("%(type)s waits: no worker is running, so nothing is sent.") % names
        return Answer("bad", sentence, _("Tell whoever runs this installation. Nothing is lost."))
    if way.parked_until and way.parked_until > now:
        sentence = _("%(type)s waits: %(title)s has not answered, and is tried again at") % names
        if way.is_wait_stated:
            sentence = _("%(type)s waits: %(title)s asked us to wait until") % names
        return _tried_again(told, sentence, way.parked_until)
    if told.is_under_way:
        return Answer("calm", _("%(type)s is on its way to %(title)s right now.") % names)
    if told.failures and told.due_at and told.due_at > now:
        sentence = _("%(type)s waits: the last request failed, and is repeated at") % names
        return _tried_again(told, sentence, told.due_at)
    if told.failures:
        sentence = _("%(type)s waits: the last request failed, and is about to be repeated.") % names
        return _tried_again(told, sentence)
    sentence = _("%(type)s waits for its turn: what concerns one profile goes out in order.") % names
    return Answer("calm", sentence, _("It goes out by itself, usually within seconds."))


def _tried_again(told: Told, sentence: str, moment: datetime | None = None) -> Answer:
    if told.needs_somebody:
        kept = _("Events are kept in order and go out as soon as this is put right.")
        return Answer("bad", sentence, f"{told.last_error} {kept}", moment, "connection")
    advice = _("Nothing is lost and nothing needs to be done.")
    return Answer("warn", sentence, f"{told.last_error} {advice}".lstrip(), moment)


def _blocked(way: Way) -> Answer | None:
    """What keeps everything from going out until somebody acts."""
    names = {"title": way.title, "reason": way.reason}
    kept = _("Events are kept in order and go out as soon as this is put right.")
    sentences = {
        "": _("Nothing is sent, because %(title)s is not connected yet.") % names,
        "incomplete": _("Nothing is sent, because the connection to %(title)s is incomplete.") % names,
        "stopped": _("Nothing is sent, because %(title)s refuses our calls: %(reason)s") % names,
        "paused": _("Nothing is sent, because the connection is paused.") % names,
    }
    if way.status not in sentences:
        return None
    advice = kept if way.status in {"stopped", "paused"} else ""
    return Answer("bad" if way.status == "stopped" else "warn", sentences[way.status], advice, None, "connection")


def _names(way: Way, told: Told, reason: str = "") -> dict[str, object]:
    return {"type": told.type, "title": way.title, "why": reason}
