"""Texts from elsewhere on their way into a row."""


def storable(text: str) -> str:
    """The text without what PostgreSQL refuses: NUL, and halves of characters."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "�")
