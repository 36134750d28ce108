"""The published example of a message with Connected Content, rendered by a real Liquid engine."""

from datetime import UTC, datetime

import pytest
import requests

from tests.factories.connection import key_for
from tests.factories.engine import AccountFactory, CouponFactory, LevelFactory, MembershipFactory, ProgramFactory
from tests.integrations.braze.liquid.engine import Braze

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
EXAMPLE = """
{% connected_content
  https://<SERVICE_HOST>/v1/programs/{programId}/members/{{custom_attribute.${convercus_account_id}}}/profile
  :headers { "X-Convercus-Key": "cvc_…" }
  :content_type application/json
  :cache_max_age 300
  :retry
  :save member
%}

{% connected_content
  https://<SERVICE_HOST>/v1/programs/{programId}/members/{{custom_attribute.${convercus_account_id}}}/coupons?lang=en
  :headers { "X-Convercus-Key": "cvc_…" }
  :content_type application/json
  :cache_max_age 0
  :retry
  :save coupon_data
%}

{% unless member.error %}
  <h2>Your Loyalty Status</h2>
  <p>Hi {{member.first_name}}, you're a <strong>{{member.tier_name}}</strong> member.</p>
  <p>Points balance: <strong>{{member.points_balance}}</strong></p>

  {% if coupon_data.coupons.size > 0 %}
    <h3>Your Active Offers</h3>
    {% for coupon in coupon_data.coupons %}
      <p><strong>{{coupon.title}}</strong> — valid until {{coupon.valid_to}}</p>
    {% endfor %}
  {% endif %}
{% endunless %}
"""


@pytest.fixture
def member():
    program = ProgramFactory(code="club")
    LevelFactory(program=program, slug="gold", name="Gold")
    account = AccountFactory(program=program, points=420, level="gold")
    MembershipFactory(account=account)
    CouponFactory(program=program, assignation_type="ALL", valid_to=datetime(2099, 1, 1, tzinfo=UTC))
    CouponFactory(program=program, assignation_type="ALL", status="PAUSED", texts={"en": {"title": "Secret"}})
    return account


def example(live_server, *, key):
    requests.get(f"{live_server.url}/v1/programs/club/nothing", timeout=30)  # Braze waits for two seconds only
    text = EXAMPLE.replace("https://<SERVICE_HOST>", live_server.url).replace("{programId}", "club")
    return text.replace("cvc_…", key)


def test_example_shows_name_level_points_and_offers(live_server, member):
    braze = Braze(attributes={"convercus_account_id": member.id})

    shown = " ".join(braze.render(example(live_server, key=key_for(member.program))).split())

    assert "Hi Ada, you're a <strong>Gold</strong> member." in shown
    assert "Points balance: <strong>420</strong>" in shown
    assert "<strong>20 % off</strong> — valid until 2099-01-01T00:00:00+00:00" in shown
    assert "Secret" not in shown
    assert [call.status for call in braze.fetched] == [200, 200]


def test_example_shows_nothing_of_who_is_no_member(live_server, member):
    braze = Braze(attributes={"convercus_account_id": "nobody"})

    assert braze.render(example(live_server, key=key_for(member.program))).strip() == ""


def test_example_without_a_valid_key_names_nobody(live_server, member):
    braze = Braze(attributes={"convercus_account_id": member.id})

    shown = braze.render(example(live_server, key="cvc_wrong"))

    assert "Ada" not in shown
    assert "420" not in shown
    assert [call.status for call in braze.fetched] == [401, 401]


@pytest.mark.parametrize("attributes", [{}, {"convercus_account_id": ""}, {"convercus_account_id": None}])
def test_example_shows_nothing_to_who_has_no_account(live_server, member, attributes):
    braze = Braze(attributes=attributes)

    assert braze.render(example(live_server, key=key_for(member.program))).strip() == ""
    assert [call.status for call in braze.fetched] == [200, 200]
    assert all("/members//" in call.url for call in braze.fetched)
