"""The trail of a program for its admins, and of everything for operators."""

import csv
import io

import pytest

from selfservice.audit.models import AuditEntry
from selfservice.audit.services import COMMAND_LINE, Actor, record
from selfservice.programs.models import Role
from tests.factories.engine import ProgramFactory
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db
PAGE = "/programs/club/audit"
ADA = Actor("ada@example.org", "198.51.100.7")


@pytest.fixture
def program():
    return ProgramFactory(code="club")


@pytest.fixture
def admin(client, program):
    return sign_in(client, person(program=program, email="boss@example.org"))


@pytest.fixture
def operator(client):
    return sign_in(client, person(is_operator=True))


def rows_of(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_line_says_who_what_where_and_both_sides(admin):
    record(actor=ADA, action="role.granted", subject="tom@example.org", program="club", before={"role": "viewer"},
           after={"role": "admin"})  # fmt: skip
    record(actor=COMMAND_LINE, action="pigeon.sent", subject="x", program="club")
    record(actor=ADA, action="key.issued", subject="secret-of-another", program="other")

    page = admin.get(PAGE).text

    assert "Role given" in page
    assert "from 198.51.100.7" in page
    assert "Viewer</del>" in page
    assert "Admin</ins>" in page
    assert "command line" in page
    assert "pigeon.sent" in page
    assert "secret-of-another" not in page


def test_only_admins_see_it(client, program):
    sign_in(client, person(program=program, role=Role.EDITOR))

    assert client.get(PAGE).status_code == client.post(f"{PAGE}.csv").status_code == 403
    assert PAGE not in client.get("/programs/club").text, "nor the way to it"


def test_filters_stand_in_the_address(admin):
    for number in range(60):
        record(actor=ADA, action="key.issued", subject=f"k-{number}", program="club")
    record(actor=COMMAND_LINE, action="key.issued", subject="by command", program="club")

    page = admin.get(f"{PAGE}?who=ada&what=key.issued").text

    assert "by command" not in page
    assert "?who=ada&amp;what=key.issued&amp;before=" in page
    assert "No change matches" in admin.get(f"{PAGE}?who=nobody").text


@pytest.mark.parametrize("query", ["since=soup", "before=x", "after=-1", "what=%3Cb%3E"])
def test_address_that_means_nothing_says_so(admin, query):
    page = admin.get(f"{PAGE}?{query}")

    assert page.status_code == 400
    assert "Nothing can be asked like this" in page.text


def test_empty_trail_says_what_will_stand_there(admin):
    assert "Whenever somebody saves a connection" in admin.get(PAGE).text


def test_export_has_what_the_page_shows_and_is_told(admin):
    record(actor=ADA, action="key.issued", subject="=1+1", program="club", after={"name": "ä"})
    record(actor=ADA, action="key.revoked", subject="x", program="club")
    record(actor=ADA, action="key.issued", subject="y", program="other")

    head, line = rows_of(admin.post(f"{PAGE}.csv", {"what": "key.issued"}))

    assert head[:4] == ["Time", "Who", "From", "Program"]
    assert line[1:] == [
        "ada@example.org",
        "198.51.100.7",
        "club",
        "key.issued",
        "Key created",
        "'=1+1",
        "",
        '{"name": "ä"}',
    ]
    told = AuditEntry.objects.latest("pk")
    assert (told.actor, told.action, told.program) == ("boss@example.org", "audit.exported", "club")
    assert told.after == {"filters": {"what": "key.issued"}}


def test_export_with_bad_filters_is_refused_and_not_told(admin):
    assert admin.post(f"{PAGE}.csv", {"since": "soup"}).status_code == 400
    assert not AuditEntry.objects.exists()


def test_operators_see_all_programs_and_choose_one(operator):
    record(actor=ADA, action="key.issued", subject="k-1", program="club")
    record(actor=ADA, action="user.added", subject="tom@example.org")

    everything = operator.get("/audit").text
    one = operator.get("/audit?program=club").text

    assert "k-1" in everything
    assert "tom@example.org" in everything
    assert "tom@example.org" not in one
    assert "k-1" in one
    assert len(rows_of(operator.post("/audit.csv"))) == 4, "head, both, and the line of the export itself"


def test_whole_trail_is_for_operators_only(admin):
    assert admin.get("/audit").status_code == admin.post("/audit.csv").status_code == 403


def test_queries_do_not_grow_with_lines(admin, django_assert_num_queries):
    record(actor=ADA, action="key.issued", subject="k", program="club")
    # Session, person, program, role, lines.
    with django_assert_num_queries(5):
        admin.get(PAGE)
    for number in range(40):
        record(actor=ADA, action="key.issued", subject=f"k-{number}", program="club")
    with django_assert_num_queries(5):
        admin.get(PAGE)


def test_lines_about_one_thing(admin):
    record(actor=ADA, action="member.locked", subject="a/1?x", program="club")
    record(actor=ADA, action="member.locked", subject="a/1", program="club")

    page = admin.get(PAGE).text
    assert f'href="{PAGE}?subject=a%2F1%3Fx"' in page

    assert [line.entry.subject for line in admin.get(f"{PAGE}?subject=a%2F1%3Fx").context["lines"]] == ["a/1?x"]
