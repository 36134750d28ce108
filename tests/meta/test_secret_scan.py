"""What a scanner for secrets would look for finds every key of ours, and nothing in this repository."""

import re
import subprocess
from pathlib import Path

from integrations.keys.secret_keys import generate_key, is_well_formed

CLONE = Path(__file__).resolve().parents[2]
# As scanners are told it: the prefix, 36 bytes in base64url, and no more of the same after it.
KEY = re.compile(r"\bcvc_[A-Za-z0-9_-]{48}(?![A-Za-z0-9_-])")
FRAMES = ['{{"key": "{}"}}', "X-Convercus-Key: {}\r\n", "CVC_KEY={}", "https://host/?key={}&x=1", "({}).", "a {} b"]


def test_s09_every_key_is_found_in_whatever_it_stands():
    keys = [generate_key() for _ in range(600)]
    corpus = "\n".join(FRAMES[place % len(FRAMES)].format(key) for place, key in enumerate(keys))

    assert KEY.findall(corpus) == keys


def test_s09_nothing_in_the_repository_is_a_key():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=CLONE, capture_output=True, check=True).stdout
    files = [CLONE / name for name in listed.decode().split("\0") if name]

    found = {
        (path.name, text)
        for path in files
        if path.is_file()
        for text in KEY.findall(path.read_text(errors="replace"))
        if is_well_formed(text)
    }

    assert len(files) > 100
    assert found == set()
