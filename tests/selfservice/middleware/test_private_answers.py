import pytest
from django.conf import settings

from tests.factories.engine import ProgramFactory
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db
STYLES = "/static/css/app.css"


@pytest.fixture
def admin(client):
    return sign_in(client, person(program=ProgramFactory(code="club"), is_operator=True))


@pytest.mark.parametrize(
    "path", ["/", "/programs/club", "/programs/club/integrations/braze", "/programs/nowhere", "/loyalty/accounts/a-1"]
)
def test_answers_are_kept_by_no_cache(admin, path):
    assert admin.get(path)["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("path", ["/sign-in", "/operator/"])
def test_pages_with_a_word_of_their_own_keep_it(admin, client, path):
    found = admin.get(path)["Cache-Control"]

    assert "no-store" in found
    assert "private" in found


def test_static_files_may_be_kept(client):
    answer = client.get(STYLES)
    answer.close()

    assert answer["Cache-Control"] == f"max-age={settings.WHITENOISE_MAX_AGE}, public"
