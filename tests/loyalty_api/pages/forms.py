"""What a page's form carries."""

import re
from html import unescape


def seen_in(answer):
    return re.search(r'name="seen" value="(\d*)"', answer.text).group(1)


def text_of(answer):
    return unescape(answer.text)
