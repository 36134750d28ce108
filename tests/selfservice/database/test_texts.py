"""What a text may hold on its way into a row."""

import pytest
from django.core.exceptions import ValidationError

from selfservice.database.texts import one_line, storable


@pytest.mark.parametrize("text", ["", "Bergblick Club", "Café «Ümläut» 🎁", "a\u00a0b", "عضو\u200fx"])
def test_names_of_all_languages_are_lines(text):
    one_line(text)


@pytest.mark.parametrize(
    "text", ["a\nb", "a\rb", "a\tb", "a\x00b", "a\x07b", "a\x7fb", "a\x85b", "a\u2028b", "a\u2029b"]
)
def test_control_characters_are_refused(text):
    with pytest.raises(ValidationError, match="on one line"):
        one_line(text)


def test_what_the_database_refuses_is_replaced():
    assert storable("a\x00b\ud800c") == "a\ufffdb?c"
