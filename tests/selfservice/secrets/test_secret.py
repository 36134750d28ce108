import copy
import json
import logging
import pickle

import pytest

from selfservice.secrets.secret import Secret


def test_secret_shows_nowhere_but_where_it_is_asked_for(caplog):
    secret = Secret("hunter2")

    with caplog.at_level(logging.INFO):
        logging.getLogger(__name__).info("the secret is %s %r", secret, {"key": secret})

    shown = [str(secret), repr(secret), f"{secret}", f"{secret!r:>10}", str([secret]), caplog.text]
    assert not any("hunter2" in text for text in shown)
    assert secret.reveal() == "hunter2"


def test_secret_cannot_be_written_as_json_by_accident():
    with pytest.raises(TypeError):
        json.dumps({"key": Secret("hunter2")})


def test_secret_compares_copies_and_tells_whether_it_is_empty():
    assert Secret("a") == Secret("a") != Secret("b")
    assert copy.deepcopy(Secret("a")) == pickle.loads(pickle.dumps(Secret("a"))) == Secret("a")  # noqa: S301
    assert not Secret("")
    assert Secret("a")
