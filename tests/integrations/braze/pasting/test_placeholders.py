import pytest

from integrations.braze.pasting.liquid import blanked, tokens
from integrations.braze.pasting.placeholders import placeholder_findings


def found(text):
    return [(finding.line, finding.message, finding.advice) for finding in placeholder_findings(text, first_line=1)]


@pytest.mark.parametrize(
    "text",
    [
        "{{custom_attribute.convercus_account_id}}",
        "{{custom_attribute.{convercus_account_id}}}",
        "{{custom_attribute.$convercus_account_id}}",
        "{{custom_attribute${convercus_account_id}}}",
        "{{custom_attributes.${convercus_account_id}}}",
        "{{${custom_attribute.convercus_account_id}}}",
        "{% if custom_attribute.convercus_account_id == blank %}",
        "{{${convercus_account_id}}}",
        "{{convercus_account_id}}",
    ],
)
def test_attribute_that_braze_does_not_find(text):
    ((line, _message, advice),) = found(text)

    assert line == 1
    assert "custom_attribute.${convercus_account_id}" in advice


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("{{user_id}}", "Write ${user_id}."),
        ("{{campaign.api_id}}", "Write campaign.${api_id}."),
        ("\n{{ canvas.name | json_escape }}", "Write canvas.${name}."),
        ("${user_id}", "Put two braces around it: {{ … }}."),
    ],
)
def test_name_of_brazes_own_needs_its_dollar(text, advice):
    ((line, _message, told),) = found(text)

    assert (line, told) == (text.count("\n") + 1, advice)


@pytest.mark.parametrize("text", ["{{custom_attribute.${a}", "x\n{{${user_id}", "{% if a"])
def test_liquid_that_does_not_end(text):
    assert any("does not end" in message for _line, message, _advice in found(text))


@pytest.mark.parametrize(
    "text",
    [
        "{{custom_attribute.${convercus_account_id}}}",
        "{{ custom_attribute.${my tier} | default: 'none' }}",
        "{{custom_attribute.${convercus_balance}[0].points}}",
        "{{${user_id}}} {{${language} | default: 'en'}}",
        "{{campaign.${api_id}}}{% if campaign.${dispatch_id} == 'custom_attribute' %}{% endif %}",
        "{% assign points = 3 %}{{points}}",
        "{% for coupon in offers.coupons %}{{coupon.title}}{% endfor %}",
        "{{'now' | date: '%s'}}",
        "plain { braces }",
    ],
)
def test_right_placeholder_has_nothing_wrong(text):
    assert found(text) == []


def test_output_ends_behind_the_brace_of_its_name():
    (token,) = tokens("{{campaign.${api_id}}}")

    assert (token.inner, token.end) == ("campaign.${api_id}", 22)


def test_blanked_text_keeps_its_lines_and_columns():
    text = '{"a": "{{x\n}}",{% if b %} 1{% else %} 2{% endif %} }'

    plain = blanked(text)

    assert len(plain) == len(text)
    assert plain.count("\n") == 1
    assert "1" in plain
    assert "2" not in plain
