"""Phone numbers in the international form of E.164, where it can be told from what was typed."""

import re
from dataclasses import dataclass

_NUMBER = re.compile(r"\+?[\d\s()./-]+", re.ASCII)
_SEPARATORS = re.compile(r"[^\d+]", re.ASCII)
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
# Calling codes of countries where a number begins with a zero that is dropped abroad. Those whose numbers may begin
# with a zero of their own are not here.
_CALLING_CODES = {
    "AT": "43",
    "AU": "61",
    "BE": "32",
    "BG": "359",
    "CH": "41",
    "DE": "49",
    "FI": "358",
    "FR": "33",
    "GB": "44",
    "HR": "385",
    "IE": "353",
    "NL": "31",
    "NZ": "64",
    "RO": "40",
    "RS": "381",
    "SE": "46",
    "SI": "386",
    "SK": "421",
    "TR": "90",
    "UA": "380",
}
FEWEST_DIGITS, MOST_DIGITS = 5, 15
# Many write the zero behind the calling code too, where it does not belong.
_CODE_AND_ZERO = re.compile(rf"\+({'|'.join(_CALLING_CODES.values())})0", re.ASCII)
E164 = re.compile(rf"(?!{_CODE_AND_ZERO.pattern})\+[1-9]\d{{6,14}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Phone:
    """`number` is empty when the text is no phone number."""

    number: str
    is_international: bool


def read_phone(text: str, country: str | None) -> Phone:
    """A national number that cannot be told stays as it was typed."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return Phone("", False)
    digits = _SEPARATORS.sub("", _TRUNK_ZERO.sub("", text))
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif digits.startswith("0") and country in _CALLING_CODES:
        digits = f"+{_CALLING_CODES[country]}{digits[1:]}"
    digits = _CODE_AND_ZERO.sub(r"+\1", digits)
    count = len(digits.lstrip("+"))
    if not FEWEST_DIGITS <= count <= MOST_DIGITS:
        return Phone("", False)
    if digits[0] == "+":
        return Phone(digits, True) if digits[1] != "0" else Phone("", False)
    return Phone(text, False)
