import pytest
from django.core.exceptions import ValidationError

from loyalty_api.engine.mail_addresses import MailAddressValidator


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.org",
        "a.d+a@example.org",
        "jürgen.müller@example.org",
        "用户@例子.公司",
        "δοκιμή@example.org",
        '"a@b"@x.org',
    ],
)
def test_mail_address(address):
    MailAddressValidator()(address)


@pytest.mark.parametrize(
    "address",
    ["ada", "@example.org", "ü@", "jü rgen@example.org", "jü..r@example.org", ".ü@example.org", "ü@x@example.org"]
    + [f"ü{odd}@example.org" for odd in "\x00\n\x85\u2028\u200b\u202e<>,;:()"],
)
def test_no_mail_address(address):
    with pytest.raises(ValidationError):
        MailAddressValidator()(address)
