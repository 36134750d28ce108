"""Names that people type stand on one line, wherever they are typed."""

import pytest

from loyalty_api.pages.coupons.form import CouponForm, Offered
from loyalty_api.pages.coupons.image_forms import UploadForm
from loyalty_api.pages.levels.forms import LevelForm
from loyalty_api.pages.settings.forms import PartnerForm, PropertyForm, StoreForm

COUPON = Offered(levels=(), places=(), languages=("en",))


@pytest.mark.parametrize(
    ("form", "options", "field"),
    [
        (PartnerForm, {}, "name"),
        (StoreForm, {"partners": []}, "name"),
        (StoreForm, {"partners": []}, "city"),
        (PropertyForm, {}, "label"),
        (LevelForm, {"is_new": False}, "name"),
        (CouponForm, {"offered": COUPON}, "name"),
        (CouponForm, {"offered": COUPON}, "title-en"),
        (UploadForm, {}, "name"),
    ],
)
def test_name_of_several_lines_is_refused_at_its_field(form, options, field):
    filled = form({field: "Spring\r\nBcc: x@example.org"}, **options)

    assert filled.errors[field] == ["Write this on one line: without line breaks and other control characters."]
    assert field not in form({field: "Spring"}, **options).errors


def test_description_of_a_coupon_has_lines():
    assert "description-en" not in CouponForm({"description-en": "One\nTwo"}, offered=COUPON).errors
