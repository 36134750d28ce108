"""What a page may load, and who may show it: nothing from elsewhere, no script or style of its own, and nobody."""

from csp.constants import NONE, SELF

DIRECTIVES = {
    "default-src": [SELF],
    "img-src": [SELF, "data:"],
    "object-src": [NONE],
    "base-uri": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}
