"""Makes a key of a filled form."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from integrations.frame.places import Place
from integrations.keys.services import IssuedKey, issue_key, objections
from integrations.onboarding.forms import KeyForm
from selfservice.audit.services import Actor

SHOWN_ONCE = _("This key has been created already. For safety it is shown only once.")


def issue_from(form: KeyForm, *, place: Place, actor: Actor) -> IssuedKey | None:
    """None for a form that is refused; it says why. Raises FormSentBefore."""
    if not form.is_valid():
        _add_objections(form, place)
        return None
    given = form.cleaned_data
    try:
        return issue_key(
            program=place.program,
            name=given["name"],
            scopes=given["scopes"],
            expires_at=_end_of(given["expires"], place),
            allowed_networks=given["allowed_networks"],
            actor=actor,
            form_number=given["once"],
        )
    except ValidationError as error:
        form.add_error(None, _named_as_in_form(error))
        return None


def _end_of(day: date | None, place: Place) -> datetime | None:
    """The last moment of the day where the program is."""
    return datetime.combine(day, time.max, ZoneInfo(place.program.timezone)) if day else None


def _add_objections(form: KeyForm, place: Place) -> None:
    """What the service would say of the rest of a form that is refused anyway, so that nobody corrects it twice."""
    given = form.cleaned_data
    found = objections(
        name=given.get("name", ""),
        scopes=given.get("scopes", []),
        expires_at=_end_of(given.get("expires"), place),
        allowed_networks=given.get("allowed_networks", []),
    )
    named = _named_as_in_form(ValidationError(found)).message_dict if found else {}
    for name, texts in named.items():
        if name not in form.errors:
            form.add_error(name, texts)


def _named_as_in_form(error: ValidationError) -> ValidationError:
    """The service's objections beside the form's fields."""
    names = {"expires_at": "expires"}
    return ValidationError({names.get(name, name): texts for name, texts in error.message_dict.items()})
