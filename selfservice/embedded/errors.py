class EmbeddedError(Exception):
    """The embedded services cannot be had. The text is one sentence for the person at the terminal."""
