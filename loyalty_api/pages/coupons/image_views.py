"""A coupon's images: uploaded, described, put in order, and given to anybody who asks for one by its address."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from loyalty_api.contract import Coupon, CouponImage, LoyaltyError
from loyalty_api.engine import coupon_records
from loyalty_api.engine.image_content import ENDINGS
from loyalty_api.engine.images import find_image, path_of, store_image, without_host
from loyalty_api.pages.coupons.definitions import definition_of, differences, mark_of
from loyalty_api.pages.coupons.image_forms import MAX_IMAGES, UploadForm, forms_of, images_of
from loyalty_api.pages.coupons.places import Place, coupon_page, shown
from loyalty_api.pages.coupons.services import Change, OutdatedError, set_images
from selfservice.accounts.actors import actor_of
from selfservice.programs.models import Role
from selfservice.programs.pages import CONFLICT, UNPROCESSABLE


@coupon_page(looking=Role.EDITOR, acting=Role.EDITOR)
def images(request: HttpRequest, place: Place, coupon_id: str) -> HttpResponse:
    coupon = coupon_records.coupon(place.coupon_or_404(coupon_id), program_code=place.program.code)
    is_post = request.method == "POST"
    is_upload = is_post and "upload" in request.POST
    upload = (
        UploadForm(request.POST, request.FILES, auto_id="upload_%s") if is_upload else UploadForm(auto_id="upload_%s")
    )
    filled = forms_of(coupon.images, request.POST if is_post and not is_upload else None)
    if not is_post:
        return _page(request, place, coupon, upload, filled)
    change = Change(place.program, coupon_id, request.POST.get("seen", ""), actor_of(request))
    try:
        is_done = _add(change, coupon, upload) if is_upload else _arrange(change, coupon, filled, request.POST)
    except OutdatedError as outdated:
        coupon = coupon_records.coupon(place.coupon_or_404(coupon_id), program_code=place.program.code)
        return _page(
            request, place, coupon, UploadForm(auto_id="upload_%s"), forms_of(coupon.images), outdated=outdated
        )
    if not is_done:
        return _page(request, place, coupon, upload, filled, status=UNPROCESSABLE)
    messages.success(request, _("Saved. The first image is what messages show."))
    return redirect("coupons:images", code=place.program.code, coupon_id=coupon_id)


@require_safe
def image(request: HttpRequest, name: str) -> HttpResponse:
    """To anybody: messages show it. What an address leads to never changes."""
    digest, _dot, ending = name.partition(".")
    found = find_image(digest=digest)
    if found is None or ENDINGS[found.content_type] != ending:
        raise Http404
    answer = HttpResponse(bytes(found.content), content_type=found.content_type)
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    answer["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def _add(change: Change, coupon: Coupon, form: UploadForm) -> bool:
    """False where the form says why not."""
    if not form.is_valid():
        return False
    if len(coupon.images) >= MAX_IMAGES:
        form.add_error(None, _("A coupon has at most %(count)d images. Take one away first.") % {"count": MAX_IMAGES})
        return False
    try:
        with transaction.atomic():
            stored = store_image(program=change.program, content=form.cleaned_data["file"], now=timezone.now())
            path = path_of(stored)
            if any(without_host(each.path) == path for each in coupon.images):
                form.add_error("file", _("The coupon has this image already."))
                return False
            named = {"name": form.cleaned_data["name"], "tags": tuple(form.cleaned_data["tags"])}
            added = CouponImage(id=stored.digest[:12], path=path, **named)
            set_images(change=change, images=[*coupon.images, added])
    except LoyaltyError as error:
        form.refuse(error.code)
        return False
    return True


def _arrange(change: Change, coupon: Coupon, filled: Any, data: Any) -> bool:
    # Each says what is wrong with it.
    if [form for form in filled if not form.is_valid()]:
        return False
    set_images(change=change, images=images_of(filled, coupon.images, data.get("first", "0")))
    return True


def _page(
    request: HttpRequest,
    place: Place,
    coupon: Coupon,
    upload: UploadForm,
    filled: Any,
    *,
    outdated: OutdatedError | None = None,
    status: int = 200,
) -> HttpResponse:
    lines = [
        {"form": form, "image": each, "path": without_host(each.path), "number": number}
        for number, (form, each) in enumerate(zip(filled, coupon.images, strict=True))
    ]
    context = {
        "coupon": coupon,
        "upload": upload,
        "lines": lines,
        "is_full": len(lines) >= MAX_IMAGES,
        "seen": request.POST.get("seen", "")[:64] if status == UNPROCESSABLE else mark_of(definition_of(coupon)),
        "meanwhile": differences(outdated.stored, outdated.wanted) if outdated else None,
    }
    return shown(request, place, "coupons/images.html", context, status=CONFLICT if outdated else status)
