"""Forms for a coupon's images."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty_api.contract import CouponImage
from loyalty_api.engine.images import MAX_BYTES, MAX_PIXELS
from selfservice.database.texts import one_line
from selfservice.ui.fields import Switch

MAX_IMAGES = 10
MAX_TAGS = 50
REFUSALS = {
    "IMAGE_EMPTY": gettext_lazy("This file is empty."),
    "IMAGE_IS_DRAWING": gettext_lazy("An SVG can carry script, so none is taken. Save the image as PNG or WebP."),
    "IMAGE_UNKNOWN": gettext_lazy("This file is no PNG, JPEG, GIF or WebP image, whatever it is called."),
    "IMAGE_DAMAGED": gettext_lazy("This file begins as an image, but is cut off or damaged. Save it once more."),
}


def _name() -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=gettext_lazy("Name"), max_length=255, widget=widget, validators=[one_line])


class TagsField(forms.CharField):
    """Tags as they are written, with commas between them."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Tags"),
            required=False,
            max_length=3_000,
            help_text=gettext_lazy("With commas between them. They tell other systems what the image is for."),
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )

    def clean(self, value: Any) -> list[str]:
        tags = list(dict.fromkeys(tag.strip() for tag in super().clean(value).split(",") if tag.strip()))
        if len(tags) > MAX_TAGS or any(len(tag) > 64 for tag in tags):
            raise forms.ValidationError(_("At most 50 tags, each of at most 64 characters."))
        return tags


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("PNG, JPEG, GIF or WebP, at most 2 MB and 4,000 pixels a side."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/gif,image/webp"}),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("This file is empty."),
        },
    )
    name = _name()
    tags = TagsField()

    def clean_file(self) -> bytes:
        """Read only if it is no larger than an image may be."""
        given = self.cleaned_data["file"]
        if given.size > MAX_BYTES:
            raise forms.ValidationError(_("This file is larger than 2 MB."))
        content: bytes = given.read()
        return content

    def refuse(self, code: str) -> None:
        too_wide = _("A side has more than %(pixels)s pixels.") % {"pixels": MAX_PIXELS}
        self.add_error("file", str(REFUSALS.get(code, too_wide)))


class ImageForm(forms.Form):
    """What is said of one image."""

    name = _name()
    tags = TagsField()
    is_removed = forms.BooleanField(label=gettext_lazy("Take this image away"), required=False, widget=Switch)


def forms_of(images: Sequence[CouponImage], data: Any = None) -> list[ImageForm]:
    return [
        ImageForm(
            data,
            prefix=f"image{number}",
            initial={"name": image.name, "tags": ", ".join(image.tags)},
            auto_id=f"image{number}_%s",
        )
        for number, image in enumerate(images)
    ]


def images_of(filled: Sequence[ImageForm], images: Sequence[CouponImage], first: str) -> list[CouponImage]:
    """Those that stay, as their forms say; `first` is the number of the one that messages show."""
    kept = [
        (number, replace(image, name=form.cleaned_data["name"], tags=tuple(form.cleaned_data["tags"])))
        for number, (form, image) in enumerate(zip(filled, images, strict=True))
        if not form.cleaned_data["is_removed"]
    ]
    return [image for _number, image in sorted(kept, key=lambda each: str(each[0]) != first)]
