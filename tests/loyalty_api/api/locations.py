"""Where an answer says that the new thing is."""


def path_of(answer):
    """The path below /loyalty, as the caller of the tests takes it."""
    prefix = "http://testserver/loyalty"
    assert answer["Location"].startswith(prefix)
    return answer["Location"].removeprefix(prefix)
