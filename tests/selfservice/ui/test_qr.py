import re

from selfservice.ui.qr import qr_svg


def test_qr_is_a_picture_with_words_and_no_style():
    svg = qr_svg(text="otpauth://totp/x?secret=ABC", label='a "code"')

    assert svg.startswith('<svg class="qr"')
    assert 'aria-label="a &quot;code&quot;"' in svg
    assert "style" not in svg
    # The corner of the first finder pattern stands behind the quiet zone: seven dark modules.
    dark = {tuple(map(int, found)) for found in re.findall(r"M(\d+) (\d+)h1", svg)}
    assert {(x, 4) for x in range(4, 11)} <= dark
    assert (11, 4) not in dark
    assert min(x for x, _y in dark) == 4
