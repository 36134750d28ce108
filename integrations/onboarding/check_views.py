"""A box into which a text for the other system is pasted, and what is wrong in it, line by line. Nothing is kept."""

from dataclasses import dataclass, replace

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from integrations.connections.services import find
from integrations.frame.pages import framed
from integrations.frame.places import Place, doors_url, place_or_404
from integrations.keys.models import ApiKey
from integrations.keys.secret_keys import digest_of, is_well_formed, prefix_of
from integrations.onboarding.hiding import without_secrets
from integrations.shown import Finding, KnownKey, PasteReport
from selfservice.programs.models import Program
from selfservice.programs.pages import UNPROCESSABLE

MOST_CHARACTERS, MOST_LINES = 20_000, 400


class PasteForm(forms.Form):
    text = forms.CharField(
        label=_("What you want to paste"),
        help_text=_(
            "A webhook's address, headers or body, or all of it; or Connected Content with the text around it."
        ),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": _("Paste something to be checked.")},
    )

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n").replace("\r", "\n")
        if text.count("\n") >= MOST_LINES:
            raise forms.ValidationError(_("Paste %(lines)s lines at most.") % {"lines": MOST_LINES})
        return text


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """A line of the text, without secrets, with what was found in it."""

    number: int
    text: str
    findings: tuple[Finding, ...]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("text")
@sensitive_variables("form", "text")
def check(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """What is pasted changes nothing, so everybody who sees the program may have it checked."""
    place = place_or_404(request, code, kind)
    if place.spec.check_paste is None:
        raise Http404
    if request.method != "POST":
        return _page(request, place, PasteForm(auto_id="paste_%s"), {})
    form = PasteForm(request.POST, auto_id="paste_%s")
    if not form.is_valid():
        return _page(request, place, _emptied(form), {}, status=UNPROCESSABLE)
    text = str(form.cleaned_data["text"])
    report = _report(request, place, text)
    shown = without_secrets(text)
    context = {"report": report, "lines": _lines(shown, report), "counts": _counts(report)}
    return _page(request, place, PasteForm(auto_id="paste_%s", initial={"text": shown}), context)


def _page(
    request: HttpRequest, place: Place, form: PasteForm, context: dict[str, object], *, status: int = 200
) -> HttpResponse:
    template, tab = "onboarding/check.html", "onboarding:snippets"
    return framed(request, place, template, {"form": form, **context}, tab=tab, status=status)


def _emptied(form: PasteForm) -> PasteForm:
    """What was refused does not come back with a key in it."""
    form.data = {"text": without_secrets(form.data.get("text", ""))[:MOST_CHARACTERS]}
    return form


def _report(request: HttpRequest, place: Place, text: str) -> PasteReport:
    assert place.spec.check_paste is not None
    connection = find(program=place.program, kind=place.spec.kind)
    report = place.spec.check_paste(
        text,
        doors_url=doors_url(request, place),
        fields=connection.config if connection else {},
        key_of=lambda raw: _known(place.program, raw),
    )
    return replace(report, findings=tuple(_hidden(finding) for finding in report.findings))


def _hidden(finding: Finding) -> Finding:
    message, advice = without_secrets(finding.message), without_secrets(finding.advice)
    return replace(finding, message=message, advice=advice)


def _known(program: Program, raw: str) -> KnownKey | None:
    if not is_well_formed(raw):
        return None
    key = ApiKey.objects.filter(program=program, prefix=prefix_of(raw), digest=digest_of(raw)).first()
    return KnownKey(key.state_at(timezone.now()), frozenset(key.scopes)) if key else None


def _lines(text: str, report: PasteReport) -> list[CheckedLine]:
    return [
        CheckedLine(number, line, tuple(finding for finding in report.findings if finding.line == number))
        for number, line in enumerate(text.split("\n"), start=1)
    ]


def _counts(report: PasteReport) -> dict[str, int]:
    levels = [finding.level for finding in report.findings]
    return {level: levels.count(level) for level in ("error", "warning", "hint")}
