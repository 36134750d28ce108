from datetime import UTC, date, datetime

import pytest
from django.db import connection

from loyalty_api.contract import CouponText
from loyalty_api.engine import search as engine_search
from loyalty_api.engine.closing import delete_account
from loyalty_api.engine.coupon_definitions import create_coupon, delete_coupon, replace_coupon
from loyalty_api.engine.identifiers import create_identifier
from loyalty_api.engine.members import register_member, remove_membership
from loyalty_api.engine.models import Account, SearchWord
from loyalty_api.engine.search import search
from loyalty_api.engine.users import update_user
from tests.factories.engine import AccountFactory, ProgramFactory

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def member(program, **fields):
    person = {
        "email_address": "ada.rossi@example.org",
        "given_name": "Ada",
        "family_name": "Müller-Rossi",
        "city": "Bad Homburg",
        "zip_code": "61348",
        "birth_date": date(1990, 5, 1),
    }
    return register_member(program=program, now=NOW, **(person | fields))


def found(program, term):
    return [hit.id for hit in search(programs=[program], term=term, domains=["ACCOUNT"])]


def coupon_called(program, name, *, usage_type="DISCOUNT", **fields):
    return create_coupon(program=program, name=name, usage_type=usage_type, now=NOW, **fields)


def found_coupons(program, term):
    return [hit.id for hit in search(programs=[program], term=term, domains=["COUPON"])]


FINDING = "Ada|ada|AD|rossi|Müller|mueller|muller-r|Homburg|61348|613|ada.rossi@ex|ada müller| rossi   ada |ADA 61 bad"


@pytest.mark.parametrize("term", [*FINDING.split("|"), "1990-05-01"])
def test_search_finds_by_the_beginning_of_every_word(term):
    program = ProgramFactory()
    membership = member(program)

    assert found(program, term) == [membership.account_id]


@pytest.mark.parametrize("term", ["+49 170 1234567", "0170/1234567", "123 45 67", "0049 170 1234567"])
def test_search_finds_by_the_last_digits_of_a_phone_number(term):
    program = ProgramFactory()
    membership = member(program, phone="+49 (170) 123-4567")

    assert found(program, term) == [membership.account_id]
    assert found(program, "+49 170 123") == []
    assert found(program, "34567") == []


@pytest.mark.parametrize(
    "term", ["da", "ada smith", "example", "1990", "1990-05-02", "ada 1990-05-01", "a%", "_da", ""]
)
def test_search_finds_nothing_by_anything_else(term):
    program = ProgramFactory()
    member(program)

    assert found(program, term) == []


def test_search_by_identifier_and_by_account_id():
    program = ProgramFactory()
    account = AccountFactory(program=program)
    create_identifier(program=program, account_id=account.id, type_="CARDCODE", code="V1W2X3", now=NOW)

    assert found(program, "v1w2") == found(program, account.id) == [account.id]


def test_search_follows_the_user_into_every_program():
    program = ProgramFactory()
    membership = member(program)

    changes = {"given_name": "Grace", "email_address": "grace@example.org", "birth_date": None}
    update_user(org=program.org, user_id=membership.user_id, now=NOW, **changes)

    assert found(program, "grace rossi") == [membership.account_id]
    assert found(program, "ada rossi") == found(program, "1990-05-01") == []


def test_search_forgets_who_left():
    program = ProgramFactory()
    membership = member(program)

    remove_membership(program=program, account_id=membership.account_id, membership_id=membership.id, now=NOW)
    delete_account(program=program, account_id=membership.account_id, now=NOW)

    assert found(program, "ada") == found(program, membership.account_id) == []
    assert not SearchWord.objects.exists()


def test_search_stays_in_the_programs():
    program, other = ProgramFactory(), ProgramFactory()
    own, foreign = member(program), member(other)

    assert found(program, "ada") == [own.account_id]
    assert {hit.id for hit in search(programs=[program, other], term="ada")} == {own.account_id, foreign.account_id}


def test_search_previews():
    program = ProgramFactory(language="de")
    member(program, city="Example")
    account = AccountFactory(program=program)
    create_identifier(program=program, account_id=account.id, type_="APPCODE", code="EXAMPLE1", now=NOW)
    texts = {"en": CouponText(title="Example"), "de": CouponText(title="Exämplar")}
    coupon = coupon_called(program, "Mug", usage_type="REWARD", texts=texts)

    hits = search(programs=[program], term="Example")

    assert [(hit.type, hit.preview) for hit in hits if hit.id == coupon.id] == [
        ("COUPON", "Title: Exämplar,Type: REWARD")
    ]
    assert sorted(hit.preview for hit in hits if hit.type == "ACCOUNT") == [
        "name: ,email: ",
        "name: Ada Müller-Rossi,email: ada.rossi@example.org",
    ]


def test_search_gives_no_more_than_its_limit(monkeypatch):
    monkeypatch.setattr(engine_search, "MAX_HITS", 2)
    program = ProgramFactory()
    for _number in range(3):
        member(program)

    assert len(found(program, "ada")) == 2


@pytest.mark.slow
def test_search_scans_no_table():
    program = ProgramFactory()
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO engine_account (id, program_id, status, points, locked_points, status_points, level,
                                           rating_level, earned_level, custom_properties, created_at)
               SELECT 'a-' || n, %s, 'ACTIVE', 0, 0, 0, '', '', '', '{}', now() FROM generate_series(1, 30000) n""",
            [program.pk],
        )
        cursor.execute(
            """INSERT INTO engine_searchword (account_id, program_id, word)
               SELECT 'a-' || n, %s, w.word FROM generate_series(1, 30000) n,
                      LATERAL (VALUES ('name' || n %% 50), ('city' || n %% 20), ('m' || n || '@ex.org')) w(word)""",
            [program.pk],
        )
        cursor.execute("ANALYZE engine_account, engine_searchword")
        plans = []
        for words in (["name7"], ["name7", "city7"], ["m12", "name"]):
            first, *others = words
            parameters = [[program.pk], first, first, others, 100]
            cursor.execute("EXPLAIN " + engine_search._WALK.format_map(engine_search._ACCOUNTS), parameters)
            plans.append("\n".join(row[0] for row in cursor.fetchall()))
        cursor.execute(
            "EXPLAIN " + engine_search._COUNT.format_map(engine_search._ACCOUNTS),
            [[program.pk], 1000, ["name7", "city7"]],
        )
        plans.append("\n".join(row[0] for row in cursor.fetchall()))

    assert all("Seq Scan" not in plan for plan in plans), "\n\n".join(plans)
    assert all("search_word_beginning" in plan for plan in plans)
    assert Account.objects.count() == 30000


def test_search_starts_from_the_planners_guess_where_all_words_are_common(monkeypatch):
    monkeypatch.setattr(engine_search, "_COUNTED", 1)
    program = ProgramFactory()
    membership = member(program)
    member(program, given_name="Bob", email_address="bob@example.org")

    assert found(program, "ada rossi bad") == [membership.account_id]


@pytest.mark.parametrize("term", ["mug", "TASSE", "schone", "schöne tas", "anna", "lena mug"])
def test_search_finds_coupons_by_name_and_titles(term):
    program = ProgramFactory()
    texts = {"de": CouponText(title="Schöne Tasse", description="Keramik")}
    coupon = coupon_called(program, "Anna-Lena mug", texts=texts)
    coupon_called(ProgramFactory(), "Anna-Lena mug", texts=texts)

    assert found_coupons(program, term) == [coupon.id]


@pytest.mark.parametrize("term", ["keramik", "ug", "mug tea", "1990-05-01"])
def test_search_finds_no_coupon_by_anything_else(term):
    program = ProgramFactory()
    coupon_called(program, "Mug", texts={"de": CouponText(title="Tasse", description="Keramik")})

    assert found_coupons(program, term) == []


def test_search_follows_a_coupon():
    program = ProgramFactory()
    coupon = coupon_called(program, "Mug")

    replace_coupon(program=program, coupon_id=coupon.id, name="Cup", usage_type="DISCOUNT")
    renamed = (found_coupons(program, "mug"), found_coupons(program, "cup"))
    delete_coupon(program=program, coupon_id=coupon.id, now=NOW)

    assert renamed == ([], [coupon.id])
    assert found_coupons(program, "cup") == []


def test_search_reads_no_more_coupons_than_it_names(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(engine_search, "MAX_HITS", 2)
    program = ProgramFactory()
    coupons = [coupon_called(program, f"Mug {number}") for number in range(5)]

    # The words, and the coupons that they lead to.
    with django_assert_num_queries(2) as asked:
        hits = found_coupons(program, "mug")

    assert len(hits) == 2
    assert set(hits) <= {coupon.id for coupon in coupons}
    assert "IN (" in asked.captured_queries[-1]["sql"]
