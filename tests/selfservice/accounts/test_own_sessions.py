import pytest

from selfservice.accounts.own_sessions import browser_in_words


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("(Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15", "Safari on macOS"),
        ("(Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("(X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0 Safari/537.36", "Chromium on Linux"),
        ("(iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 FxiOS/140.0 Safari/605.1.15", "Firefox on iOS"),
        ("curl/8.0", "unknown browser"),
        ("", "unknown browser"),
        ("<script>", "unknown browser"),
    ],
)
def test_browser_in_words(agent, words):
    assert browser_in_words(agent) == words
