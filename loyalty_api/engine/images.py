"""Uploaded images: checked by what is in them, stored once, found by their address."""

import hashlib
from datetime import datetime

from django.conf import settings

from loyalty_api.contract import LoyaltyError
from loyalty_api.engine.image_content import ENDINGS, is_drawing, is_whole, read_head
from loyalty_api.engine.image_models import StoredImage
from selfservice.programs.models import Program

MAX_BYTES = 2 * 1024 * 1024
MAX_PIXELS = 4_000
# Under which images are served, to anybody: messages show them.
FOLDER = "/images/"


def store_image(*, program: Program, content: bytes, now: datetime) -> StoredImage:
    """The same bytes are stored once. Raises LoyaltyError: IMAGE_EMPTY, IMAGE_TOO_LARGE, IMAGE_IS_DRAWING,
    IMAGE_UNKNOWN, IMAGE_DAMAGED, IMAGE_TOO_WIDE."""
    if not content:
        raise LoyaltyError("IMAGE_EMPTY", "The file is empty.")
    if len(content) > MAX_BYTES:
        raise LoyaltyError("IMAGE_TOO_LARGE", f"An image has at most {MAX_BYTES} bytes.")
    head = read_head(content)
    if head is None:
        if is_drawing(content):
            raise LoyaltyError("IMAGE_IS_DRAWING", "An SVG could carry script.")
        raise LoyaltyError("IMAGE_UNKNOWN", "The file is no PNG, JPEG, GIF or WebP.")
    if not is_whole(content, head.content_type):
        raise LoyaltyError("IMAGE_DAMAGED", "The file begins as an image and does not go on as one.")
    if max(head.width, head.height) > MAX_PIXELS:
        raise LoyaltyError("IMAGE_TOO_WIDE", f"An image has at most {MAX_PIXELS} pixels a side.")
    digest = hashlib.sha256(content).hexdigest()[:40]
    about = {"content_type": head.content_type, "width": head.width, "height": head.height}
    stored, _is_new = StoredImage.objects.get_or_create(
        program=program, digest=digest, defaults={**about, "content": content, "created_at": now}
    )
    return stored


def find_image(*, digest: str) -> StoredImage | None:
    return StoredImage.objects.filter(digest=digest).order_by("pk").first()


def path_of(image: StoredImage) -> str:
    return f"{FOLDER}{image.digest}.{ENDINGS[image.content_type]}"


def with_host(path: str) -> str:
    """An address that others can ask. Of an image that lies here only the path is stored, since the host may change."""
    return f"{_host()}{path}" if path.startswith(FOLDER) else path


def without_host(address: str) -> str:
    """The other way round: what a caller read here and gives back."""
    is_own = address.startswith(f"{_host()}{FOLDER}")
    return address.removeprefix(_host()) if is_own else address


def _host() -> str:
    return settings.PUBLIC_URL or f"http://localhost:{settings.PORT}"
