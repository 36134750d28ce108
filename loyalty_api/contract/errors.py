"""How the platform says no."""


class LoyaltyError(Exception):
    """The platform says no, by a rule of its own: `code` is its symbol, the text a sentence, `detail` more symbols."""

    def __init__(self, code: str, message: str, *, detail: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail = detail


class NotFound(LoyaltyError):
    """The object does not exist, or belongs to another program: the two are not told apart."""


class Conflict(LoyaltyError):
    """Somebody else did it first, or is doing it now."""


class PlatformUnavailable(Exception):
    """A remote platform failed or did not answer in time. `timed_out` tells the two apart."""

    def __init__(self, message: str, *, timed_out: bool = False) -> None:
        super().__init__(message)
        self.timed_out = timed_out
