"""Issues, rotates and revokes keys."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.keys.models import DEFAULT_SCOPES, ApiKey, Scope
from integrations.keys.secret_keys import digest_of, generate_key, prefix_of
from selfservice.audit.services import Actor, record
from selfservice.database.texts import one_line
from selfservice.programs.models import Program
from selfservice.secrets.secret import Secret

# How long a key and its successor may both work.
LONGEST_OVERLAP = timedelta(days=30)
# As many callers as one program has; more are keys that somebody has lost track of.
MOST_ACTIVE = 10
NO_OVERLAP = gettext_lazy("There is no overlap to change: this key was not rotated, or does not work any more.")


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """The only moment at which the raw key exists outside the caller's hands."""

    raw: Secret
    key: ApiKey


# What stands before an IPv4 address in an IPv6 one.
_MAPPED_BITS = 96


class FormSentBefore(Exception):
    """The form that asks for a key has got one already."""


@transaction.atomic
def issue_key(
    *,
    program: Program,
    name: str,
    actor: Actor,
    scopes: Sequence[str] = DEFAULT_SCOPES,
    expires_at: datetime | None = None,
    allowed_networks: Sequence[str] = (),
    form_number: str | None = None,
) -> IssuedKey:
    """Creates a key. Raises ValidationError for an unusable name, scope, date or network and for one key too many, and
    FormSentBefore for the second key of one form, however close upon the first.
    """
    if errors := objections(name=name, scopes=scopes, expires_at=expires_at, allowed_networks=allowed_networks):
        raise ValidationError(errors)
    if not (form_number and ApiKey.objects.filter(program=program, form_number=form_number).exists()):
        _require_room(program)
    raw = generate_key()
    key = ApiKey(
        program=program,
        prefix=prefix_of(raw),
        digest=digest_of(raw),
        name=name.strip(),
        scopes=[scope for scope in Scope.values if scope in scopes],
        allowed_networks=[network for text in allowed_networks if (network := _network(text))],
        expires_at=expires_at,
        created_by=actor.name,
        form_number=form_number or None,
    )
    _insert(key)
    after = {"name": key.name, "scopes": key.scopes, "allowed_networks": key.allowed_networks}
    record(actor=actor, action="key.issued", subject=key.prefix, program=program.code, after=after)
    return IssuedKey(Secret(raw), key)


@transaction.atomic
def rotate_key(
    *,
    prefix: str,
    overlap: timedelta,
    actor: Actor,
    program: Program | None = None,
    form_number: str | None = None,
) -> IssuedKey:
    """A new key with the old one's name, scopes and networks; the old one works until the overlap ends.

    A key that expires gets a successor with as long a life. Raises ValidationError for a key that does not work any
    more or has a successor already, and for an overlap that is too long; ApiKey.DoesNotExist; FormSentBefore.
    """
    old, now = _locked(prefix, program), timezone.now()
    if form_number and ApiKey.objects.filter(program=old.program, form_number=form_number).exists():
        raise FormSentBefore
    _validate_rotation(old, overlap, now)
    raw = generate_key()
    key = ApiKey(
        program=old.program,
        prefix=prefix_of(raw),
        digest=digest_of(raw),
        name=old.name,
        scopes=old.scopes,
        allowed_networks=old.allowed_networks,
        expires_at=now + (old.expires_at - old.created_at) if old.expires_at else None,
        created_by=actor.name,
        form_number=form_number or None,
        replaces=old,
    )
    _insert(key)
    ends_at = now + overlap
    old.expires_at = min(old.expires_at, ends_at) if old.expires_at else ends_at
    old.save(update_fields=["expires_at"])
    after = {"successor": key.prefix, "expires_at": old.expires_at.isoformat()}
    record(actor=actor, action="key.rotated", subject=old.prefix, program=old.program.code, after=after)
    return IssuedKey(Secret(raw), key)


@transaction.atomic
def change_overlap(*, prefix: str, ends_at: datetime, actor: Actor, program: Program | None = None) -> ApiKey:
    """Lets a key that was rotated work until then; a moment that has passed ends it at once.

    Raises ValidationError for a key that was not rotated or does not work any more, and for an end that lies too far
    from the rotation or behind the key's own; ApiKey.DoesNotExist.
    """
    key, now = _locked(prefix, program), timezone.now()
    successor = ApiKey.objects.filter(replaces=key).first()
    if successor is None or key.state_at(now) != "active":
        raise ValidationError(NO_OVERLAP)
    ends_at = max(ends_at, now)
    if ends_at > latest_end_of(key, successor):
        days = LONGEST_OVERLAP.days
        raise ValidationError(
            _("Both keys may work for %(days)s days at most, and none longer than it was made for.") % {"days": days}
        )
    before = {"expires_at": key.expires_at.isoformat() if key.expires_at else None}
    key.expires_at = ends_at
    key.save(update_fields=["expires_at"])
    after = {"expires_at": ends_at.isoformat()}
    record(
        actor=actor,
        action="key.overlap_changed",
        subject=key.prefix,
        program=key.program.code,
        before=before,
        after=after,
    )
    return key


def latest_end_of(key: ApiKey, successor: ApiKey) -> datetime:
    """Until when a rotated key may work. What it was made for is what its successor was given."""
    latest = successor.created_at + LONGEST_OVERLAP
    if successor.expires_at is None:
        return latest
    return min(latest, key.created_at + (successor.expires_at - successor.created_at))


@transaction.atomic
def revoke_key(*, prefix: str, actor: Actor, program: Program | None = None) -> ApiKey:
    """Revokes a key at once; repeating it changes nothing. Raises ApiKey.DoesNotExist."""
    key = _locked(prefix, program)
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        record(actor=actor, action="key.revoked", subject=key.prefix, program=key.program.code)
    return key


def _locked(prefix: str, program: Program | None) -> ApiKey:
    keys = ApiKey.objects.select_for_update(of=("self",)).select_related("program")
    return keys.get(prefix=prefix) if program is None else keys.get(prefix=prefix, program=program)


def _require_room(program: Program) -> None:
    """Two that ask at once are counted one after the other."""
    Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    active = ApiKey.objects.filter(program=program, revoked_at=None).exclude(expires_at__lte=timezone.now())
    if active.count() >= MOST_ACTIVE:
        text = _("This program has %(count)s keys that work, which is the most. Revoke one that nobody uses any more.")
        raise ValidationError({"name": text % {"count": MOST_ACTIVE}})


def _insert(key: ApiKey) -> None:
    try:
        with transaction.atomic():
            key.save(force_insert=True)
    except IntegrityError:
        if key.form_number and ApiKey.objects.filter(program=key.program, form_number=key.form_number).exists():
            raise FormSentBefore from None
        raise


def objections(
    *, name: str, scopes: Sequence[str], expires_at: datetime | None, allowed_networks: Sequence[str]
) -> dict[str, str]:
    """All that stands against a new key, by what is to be corrected; empty when it can be issued."""
    errors: dict[str, str] = {}
    if not name.strip():
        errors["name"] = _("Give the key a name that says who uses it.")
    try:
        one_line(name.strip())
    except ValidationError as error:
        errors["name"] = str(error.message)
    if not scopes:
        errors["scopes"] = _("Choose at least one thing that the key may do.")
    elif unknown := sorted(set(scopes) - set(Scope.values)):
        errors["scopes"] = _("Unknown scope: %(scopes)s.") % {"scopes": ", ".join(unknown)}
    if expires_at and expires_at <= timezone.now():
        errors["expires_at"] = _("The expiry date must be in the future.")
    if wrong := [text for text in allowed_networks if _network(text) is None]:
        named = ", ".join(text.strip() for text in wrong)
        errors["allowed_networks"] = _("“%(text)s” is no address or network. Example: 203.0.113.0/24.") % {
            "text": named
        }
    return errors


def _validate_rotation(key: ApiKey, overlap: timedelta, now: datetime) -> None:
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        days = LONGEST_OVERLAP.days
        raise ValidationError({"overlap": _("Choose an overlap from 0 to %(days)s days.") % {"days": days}})
    if key.state_at(now) != "active":
        raise ValidationError(_("This key does not work any more, so there is nothing to rotate. Create a new one."))
    successor = ApiKey.objects.filter(replaces=key).first()
    if successor:
        raise ValidationError(
            _("This key has been rotated already: cvc_%(prefix)s… takes its place.") % {"prefix": successor.prefix}
        )


def _network(text: str) -> str | None:
    """As networks are compared; None for what is none. IPv4 inside IPv6 is the IPv4 that callers come from."""
    try:
        found = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None
    inner = found.network_address.ipv4_mapped if isinstance(found, ipaddress.IPv6Network) else None
    if inner is None or found.prefixlen < _MAPPED_BITS:
        return str(found)
    return str(ipaddress.ip_network((inner, found.prefixlen - _MAPPED_BITS)))
