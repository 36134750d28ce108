"""What is a mail address: also one whose part before the @ is written in other letters than a to z (RFC 6531)."""

import re

from django.core.validators import EmailValidator

# Anything but blanks, what cannot be seen, halves of surrogate pairs, and the letters that mean something in a header.
_ATOM = (
    r"[^\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ud800-\udfff"
    r"\"(),.:;<>@\[\\\]]+"
)


class MailAddressValidator(EmailValidator):
    user_regex = re.compile(rf"(?:{EmailValidator.user_regex.pattern})|^{_ATOM}(?:\.{_ATOM})*\Z", re.IGNORECASE)
