"""Months, as people count them."""

from calendar import monthrange
from datetime import date, datetime
from typing import TypeVar

Day = TypeVar("Day", date, datetime)


def add_months(day: Day, months: int) -> Day:
    """The same day of another month, or its last one. Stays within the years that there are."""
    count = day.year * 12 + day.month - 1 + months
    year, month = min(max(count // 12, 1), 9999), count % 12 + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))
