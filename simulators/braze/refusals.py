"""Why an object is refused: the sentence that the answer carries, and Braze's name for it."""


class Refusal(str):
    """The sentence itself; `code` is what documentation calls it, or a name in the same style."""

    __slots__ = ("code",)
    code: str

    def __new__(cls, sentence: str, code: str = "INVALID_OBJECT") -> "Refusal":
        refusal = super().__new__(cls, sentence)
        refusal.code = code
        return refusal
