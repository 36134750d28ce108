"""People without an account: who is imported here can become a member of any program of the organisation."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from loyalty_api.client.importing import cells
from loyalty_api.client.importing.cells import BadCell
from loyalty_api.client.importing.kinds import ImportKind, Problems
from loyalty_api.client.importing.people import PERSON_COLUMNS, read_user
from loyalty_api.client.importing.tables import Row
from loyalty_api.engine.models import User
from selfservice.programs.models import Program


def store(program: Program, rows: Sequence[Row], now: datetime) -> Problems:
    zone = ZoneInfo(program.timezone)
    problems: dict[int, str] = {}
    users: dict[str, User] = {}
    lines: dict[str, int] = {}
    for row in rows:
        try:
            created_at = cells.past_moment(row.values, "createdAt", zone, now=now) or now
            user = read_user(row.values, org=program.org, created_at=created_at)
            if user.id in users:
                raise BadCell("userId", _("the same as in line %(line)d") % {"line": lines[user.id]})
        except BadCell as error:
            problems[row.number] = str(error)
        else:
            users[user.id], lines[user.id] = user, row.number
    for taken in User.objects.filter(id__in=list(users)).values_list("id", flat=True):
        problems[lines[taken]] = _("userId: there is a user of this id already")
    if not problems:
        User.objects.bulk_create(users.values())
    return problems


KIND = ImportKind(
    name="users",
    columns=("userId", "createdAt", *PERSON_COLUMNS),
    required=("emailAddress",),
    store=store,
)
