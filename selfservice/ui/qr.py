"""Texts as QR codes, which the server draws as SVG: no image is fetched from anywhere."""

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString

# In modules, as the standard asks for.
_QUIET = 4


def qr_svg(*, text: str, label: str) -> SafeString:
    """Dark on light in every theme, since scanners want it so. `label` is what stands for the picture in words."""
    rows = segno.make(text, error="m").matrix
    size = len(rows) + 2 * _QUIET
    path = "".join(
        f"M{x + _QUIET} {y + _QUIET}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module
    )
    return format_html(
        '<svg class="qr" viewBox="0 0 {size} {size}" role="img" aria-label="{label}" shape-rendering="crispEdges">'
        '<rect width="{size}" height="{size}" fill="#fff"></rect><path fill="#000" d="{path}"></path></svg>',
        size=size,
        label=label,
        path=path,
    )
