"""What the shell needs on every page."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_info


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    name: str
    is_current: bool


def shell(request: HttpRequest) -> dict[str, object]:
    """The languages to choose from, and where to come back to after choosing."""
    current = get_language()
    languages = [
        Language(code, str(get_language_info(code)["name_local"]), code == current)
        for code, _name in settings.LANGUAGES
    ]
    return {"languages": languages, "here": request.get_full_path()}
