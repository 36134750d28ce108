"""The parts of a program's pages. Settings name them, so that a part of another package can be one."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

from selfservice.programs.access import may
from selfservice.programs.models import Program, Role
from selfservice.ui.tabs import ShownTab, shown_tab

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


@dataclass(frozen=True, slots=True)
class Section:
    """`view` is the name of the address of its first page, which takes the program's code; `key` leads there after a
    "g". Who has less than `at_least` does not see it."""

    label: "StrOrPromise"
    view: str
    key: str
    at_least: Role = Role.VIEWER


@cache
def all_sections() -> tuple[Section, ...]:
    return tuple(import_string(path) for path in settings.PROGRAM_SECTIONS)


def sections_of(program: Program, role: Role | None, *, current: Section) -> list[ShownTab]:
    """The tabs of a program's pages, for somebody with this role."""
    return [
        shown_tab(one.label, one.view, program.code, is_current=one == current, key=one.key)
        for one in all_sections()
        if may(role, one.at_least)
    ]
