import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_api.engine.folding import fold, folded_words, name_words


@pytest.mark.parametrize("spelling", ["Müller", "MÜLLER", "Mueller", "muller", "Mu\u0308ller"])
def test_fold_umlaut_in_every_spelling(spelling):
    assert fold(spelling) == "muller"


@pytest.mark.parametrize(
    ("text", "folded"), [("Weiß", "weiss"), ("Søren", "soren"), ("Łódź", "lodz"), ("İzmir", "izmir"), ("Æsir", "asir")]
)
def test_fold_letters_of_other_languages(text, folded):
    assert fold(text) == folded


@given(st.text(st.characters(exclude_categories=["Cs", "Mn", "Mc", "Me"]), max_size=20), st.integers(0, 20))
def test_fold_of_a_beginning_is_a_beginning(text, length):
    # A combining mark belongs to the letter before it, so nobody types half of the pair.
    assert fold(text).startswith(fold(text[:length]))


def test_name_words_of_two_and_of_hyphenated():
    assert name_words("Bad Homburg Anna-Lena") == {"bad", "homburg", "anna-lena", "anna", "lena"}


def test_folded_words_are_cut_where_the_column_ends():
    assert [len(word) for word in folded_words("a" * 100)] == [64]
