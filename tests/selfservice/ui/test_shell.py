import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from tests.factories.people import person, sign_in


def render(source, **context):
    return Template("{% load shell %}" + source).render(Context(context))


class SampleForm(forms.Form):
    code = forms.CharField(help_text="As printed on the card.")
    color = forms.MultipleChoiceField(choices=[("r", "Red"), ("g", "Green")], widget=forms.CheckboxSelectMultiple)


def test_field_ties_help_secret_and_error_to_the_control():
    html = render("{% field form.code hint %}", form=SampleForm({}), hint="wxyz")

    assert 'aria-describedby="id_code-help id_code-stored id_code-error"' in html
    assert 'aria-invalid="true"' in html
    assert "•••• wxyz" in html
    for part in ("help", "stored", "error"):
        assert f'id="id_code-{part}"' in html


def test_field_group_has_a_legend_and_keeps_what_was_chosen():
    html = render("{% field form.color %}", form=SampleForm({"color": ["g"]}))

    assert "<legend>Color</legend>" in html
    assert html.count('type="checkbox"') == 2
    assert html.index("checked") > html.index('value="g"')


def test_field_escapes_what_was_typed():
    html = render("{% field form.code %}", form=SampleForm({"code": '"><script>'}))

    assert "<script>" not in html


@pytest.mark.parametrize(("language", "text"), [("en", "1,234,567"), ("de", "1.234.567")])
def test_grouped_by_language(language, text):
    with translation.override(language):
        assert render("{{ n|grouped }}", n=1234567) == text


@pytest.mark.django_db
def test_language_switch_stays_on_the_page(client):
    sign_in(client, person())

    answer = client.post("/language", {"language": "de", "next": "/programs"})

    assert answer.url == "/programs"
    page = client.get("/programs")
    assert '<html lang="de"' in page.text
    assert "Noch keine Programme" in page.text


@pytest.mark.django_db
def test_unknown_page_tells_nothing_but_that(client):
    answer = client.get("/no-such-page", headers={"accept-language": "de"})

    assert answer.status_code == 404
    assert "Diese Seite finden wir nicht" in answer.text


@pytest.mark.django_db
def test_pages_allow_nothing_from_elsewhere(client):
    answer = client.get("/sign-in")

    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "style=" not in answer.text
    assert "<style" not in answer.text


@pytest.mark.parametrize(
    "name", ["400.html", "403.html", "403_csrf.html", "404.html", "405.html", "500.html", "503.html"]
)
def test_error_pages_need_no_request(name):
    from django.template.loader import render_to_string

    html = render_to_string(name)

    assert html.count("<h1>") == 1
    assert 'href="/"' in html
