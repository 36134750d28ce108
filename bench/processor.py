"""What processes have cost so far, from /proc: unlike the clock on the wall, a machine that is busy hardly blurs it."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def seconds(roots: Iterable[int]) -> float:
    """Processor time of these processes and all below them, those that have ended there included."""
    return sum(_ticks(pid) for pid in _tree(roots)) / _TICKS


def resident_megabytes(roots: Iterable[int]) -> float:
    return sum(_resident_pages(pid) for pid in _tree(roots)) * _PAGE / 1e6


def _tree(roots: Iterable[int]) -> Iterator[int]:
    children: dict[int, list[int]] = {}
    for folder in _PROC.glob("[0-9]*"):
        if fields := _fields(int(folder.name)):
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    left = list(roots)
    while left:
        pid = left.pop()
        yield pid
        left += children.get(pid, [])


def _ticks(pid: int) -> int:
    """Its own, in user and system mode, and those of its children that have ended and were waited for."""
    fields = _fields(pid)
    return sum(map(int, fields[11:15])) if fields else 0


def _resident_pages(pid: int) -> int:
    fields = _fields(pid)
    return int(fields[21]) if fields else 0


def _fields(pid: int) -> list[str]:
    """What stands behind the name, which may hold spaces: state, parent … Empty when the process has ended."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
