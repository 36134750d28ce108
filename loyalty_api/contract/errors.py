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
    """A remote platform failed or did not answer in time. `timed_out` tells the two apart; `may_have_acted` says that
    it was asked to change something, and may have done so; `reason` is a word for why, where one is known."""

    def __init__(
        self, message: str, *, timed_out: bool = False, may_have_acted: bool = False, reason: str = ""
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.timed_out = timed_out
        self.may_have_acted = may_have_acted


class OutcomeUnknown(PlatformUnavailable):
    """A write may have been made, and the platform does not tell."""

    def __init__(self) -> None:
        super().__init__("The loyalty platform does not tell whether this was done.", may_have_acted=True)
