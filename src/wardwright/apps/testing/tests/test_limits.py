"""Limits of the hospital's own: tighter, where the standard has none, or looser by an override that everybody sees."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.factories import make_own_limit, make_user

from wardwright.apps.assets.models import DeviceModel
from wardwright.apps.testing.models import OwnLimit
from wardwright.apps.testing.operations import end_own_limit, set_own_limit
from wardwright.apps.testing.queries import limit_table, steps_for
from wardwright.kernel.limits import shipped_limits
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Denied, Guarded, Invalid

pytestmark = pytest.mark.django_db
BY = System("test")
TODAY = timezone.localdate()
LEAK = {"standard": "IEC 62353", "test": "equipment_leakage", "method": "direct"}
STEP = {"key": "leak", "section": "safety", "kind": "reading", "text": "Leakage", "unit": "µA", "limit": LEAK}
GIVEN = {"standard": "IEC 62353", "edition": "2014", "test": "equipment_leakage", "equipment_class": "I",
         "method": "direct", "high": "300", "unit": "µA", "valid_from": TODAY, "source": "House rule 7"}  # fmt: skip
MODEL = DeviceModel(electrical_class="I", applied_parts="CF")


def high(on=TODAY, limit=LEAK):
    return steps_for([{**STEP, "limit": limit}], MODEL, on)[0].get("high")


def test_a_tighter_limit_is_taken_first_from_its_day_on():
    set_own_limit(by=BY, **{**GIVEN, "standard": "62353", "high": "0.3", "unit": "mA"})
    (step,) = steps_for([STEP], MODEL, TODAY)
    assert (step["high"], step["unit"], step["limit_source"]) == ("0.3", "mA", "IEC 62353:2014; House rule 7")
    assert high(TODAY - timedelta(days=1)) == "500"


def test_a_limit_where_the_standard_has_none():
    xray = LEAK | {"equipment": "mobile_xray"}
    assert high(limit=xray) is None
    set_own_limit(by=BY, **{**GIVEN, "equipment": "mobile_xray", "high": "2000", "source": "Maker"})
    assert high(limit=xray) == "2000"
    assert high() == "500"


def test_a_looser_limit_needs_an_override_with_its_reason():
    approver = make_user(permissions=["testing.view", "testing.approve"])
    boss = make_user(permissions=["testing.view", "testing.approve", "guardrails.override"])
    with pytest.raises(Guarded):
        set_own_limit(by=approver, override_reason="Old devices", **{**GIVEN, "high": "700"})
    with pytest.raises(Guarded):
        set_own_limit(by=boss, **{**GIVEN, "high": "700"})
    assert OwnLimit.objects.count() == 0
    set_own_limit(by=boss, override_reason="Old devices, assessed", **{**GIVEN, "high": "700"})
    (step,) = steps_for([STEP], MODEL, TODAY)
    assert (step["high"], step["limit_row"]["override_reason"]) == ("700", "Old devices, assessed")
    notes = AuditChange.objects.order_by("-pk").values_list("notes", flat=True).first()
    assert notes == "testing.looser-limit overridden: Old devices, assessed"


def test_only_who_approves_may_set_one():
    with pytest.raises(Denied):
        set_own_limit(by=make_user(permissions=["testing.view", "testing.write"]), **GIVEN)


def test_the_standard_holds_again_when_it_became_stricter(reader):
    make_own_limit(high=Decimal(700))  # set while the standard still said 1000, so without a reason
    assert high() == "500"
    assert limit_table() == shipped_limits()
    assert "The standard has become stricter." in reader.get(reverse("limits")).content.decode()


@pytest.mark.parametrize(("wrong", "field"), [
    ({"standard": "IEC 1"}, "edition"), ({"edition": "1999"}, "edition"), ({"test": "earth_leakage"}, "test"),
    ({"unit": "Ω"}, "unit"), ({"low": "1"}, "high"), ({"high": None}, "high"), ({"high": "-3"}, "high"),
    ({"source": ""}, "source"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused_by_its_field(wrong, field):
    with pytest.raises(Invalid) as caught:
        set_own_limit(by=BY, **GIVEN | wrong)
    assert list(caught.value.fields) == [field]


def test_a_later_limit_ends_the_one_before_and_ending_brings_the_standard_back():
    first = set_own_limit(by=BY, **{**GIVEN, "valid_from": TODAY - timedelta(days=9)})
    second = set_own_limit(by=BY, **{**GIVEN, "high": "200"})
    first.refresh_from_db()
    assert (first.valid_until, high(), high(TODAY - timedelta(days=1))) == (TODAY - timedelta(days=1), "200", "300")
    with pytest.raises(Invalid):
        set_own_limit(by=BY, **{**GIVEN, "high": "100"})
    end_own_limit(by=BY, own_limit_id=second.pk, valid_until=TODAY, reason="New standard")
    assert (high(), high(TODAY + timedelta(days=1))) == ("200", "500")


# Pages ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def reader(client):
    client.force_login(make_user(permissions=["testing.view", "testing.approve"]))
    return client


def test_the_page_answers_which_limit_applies(reader):
    asked = {"limit": "IEC 62353||equipment_leakage|direct||", "equipment_class": "II", "applied_part": "none"}
    page = reader.get(reverse("limits"), asked | {"value": "0,12 mA"}).content.decode()
    assert "≤ 100 µA" in page
    assert "120 µA is above the limit of 100 µA." in page
    page = reader.get(reverse("limits"), asked | {"equipment_class": "IP"}).content.decode()
    assert "no mains part" in page


def test_the_list_is_filtered_and_shows_our_own(reader):
    make_own_limit()
    page = reader.get(reverse("limits"), {"standard": "IEC 62353:2014", "test": "equipment_leakage"}).content.decode()
    assert "House rule 7" in page
    assert "NFPA 99:2012</td>" not in page


def test_a_limit_is_set_and_ended_on_its_pages(reader):
    reader.post(reverse("new-own-limit"), {**GIVEN, "applied_part": "", "condition": "none", "equipment": ""})
    row = OwnLimit.objects.get()
    assert (row.high, row.set_by_name != "") == (Decimal(300), True)
    reader.post(reverse("end-own-limit", args=[row.pk]), {"valid_until": TODAY, "reason": "Done"})
    row.refresh_from_db()
    assert row.valid_until == TODAY
