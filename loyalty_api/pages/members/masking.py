"""What is left of a person's data where nobody has asked for it on purpose. Pure."""

MASK = "•••"
_SHOWN_DIGITS = 2
_SHOWN_OF_CODE = 4


def initials(*names: str) -> str:
    """Of "Ada", "Müller-Rossi" this is "A. M."."""
    return " ".join(f"{name.strip()[:1].upper()}." for name in names if name.strip())


def masked(text: str) -> str:
    """The first letter: enough to tell two spellings apart, too little to know somebody."""
    return f"{text[:1]}{MASK}" if text else ""


def masked_phone(text: str) -> str:
    return f"{MASK}{text[-_SHOWN_DIGITS:]}" if text else ""


def masked_code(text: str) -> str:
    """The end of a card's number, by which its holder can be asked for it. A short code has no end to spare."""
    return f"{MASK}{text[-_SHOWN_OF_CODE:]}" if len(text) > 2 * _SHOWN_OF_CODE else masked(text)
