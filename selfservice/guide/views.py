"""The guides and what they lead to, for people who are signed in."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from selfservice.accounts.models import User
from selfservice.guide.documents import GUIDE, OPERATORS, all_documents
from selfservice.guide.pages import page_of


@login_required
@require_safe
def document(request: HttpRequest, name: str = GUIDE) -> HttpResponse:
    """In the language that the address names, else in the reader's."""
    found = all_documents().get(name)
    is_operator = isinstance(request.user, User) and request.user.is_operator
    if found is None or (found.is_for_operators and not is_operator):
        raise Http404
    chosen = request.GET.get("in", "")
    language = chosen if chosen in dict(settings.LANGUAGES) else get_language() or settings.LANGUAGE_CODE
    context = {
        "page": page_of(name, language, for_operators=is_operator),
        "name": name,
        "guides": (GUIDE, OPERATORS) if is_operator else (),
        # Whoever chooses another language wants the document in it too.
        "here": request.path,
    }
    return render(request, "guide/document.html", context)
