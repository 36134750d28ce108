"""Folds text for the search, so that case, accents and the two spellings of an umlaut make no difference.

The stored word and the asked one are folded alike: "Müller", "Mueller" and "muller" become "muller", "Weiß" becomes
"weiss". The fold of a word's beginning is a beginning of the word's fold, which a search by beginnings rests on.
"""

import re
import unicodedata

WORD_LENGTH = 64
# Letters that Unicode does not take apart.
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_UMLAUT = re.compile(r"([aou])e")


def fold(text: str) -> str:
    if text.isascii():
        return _UMLAUT.sub(r"\1", text.lower())
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    letters = "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(_LETTERS)
    return _UMLAUT.sub(r"\1", letters)


def folded_words(text: str) -> list[str]:
    """The words between blanks, each as long as it is stored."""
    return [word[:WORD_LENGTH] for word in fold(text.replace("\x00", "")).split()]


def name_words(text: str) -> set[str]:
    """Of "Bad Homburg" both words, of "Anna-Lena" the whole and its parts."""
    words = folded_words(text)
    parts = [part for word in words for part in re.split(r"[\W_]+", word) if part]
    return {*words, *parts}
