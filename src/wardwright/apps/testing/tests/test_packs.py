"""The shipped procedures: every device type the house promises, every tolerance as data with its verification."""

from decimal import Decimal

import pytest
from tests.factories import make_type, make_user

from wardwright.apps.testing.data import shipped_procedures
from wardwright.apps.testing.models import Procedure, Step
from wardwright.apps.testing.operations import change_draft, load_procedures
from wardwright.apps.testing.queries import newest_version
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Invalid

PROMISED = {
    "Defibrillator", "Infusion pump", "Syringe pump", "Non-invasive blood pressure monitor", "Pulse oximeter",
    "Electrocardiograph", "Ventilator", "Electrosurgical unit", "Suction unit", "Infant incubator", "Patient scale",
    "Anaesthesia machine", "Wheelchair", "Powered wheelchair", "Walking aid", "Patient hoist", "Sling", "Speech aid",
}  # fmt: skip
READINGS = [
    pytest.param(step, id=f"{procedure['code']}-{step['key']}")
    for procedure in shipped_procedures()
    for step in procedure["steps"]
    if step["kind"] == "reading" and step["section"] == "performance"
]


def test_every_promised_type_has_a_procedure_with_something_to_measure_or_examine():
    names = {name for procedure in shipped_procedures() for name in procedure["types"]}
    assert names >= PROMISED
    assert all(len(procedure["steps"]) >= 8 for procedure in shipped_procedures())


@pytest.mark.parametrize("step", READINGS)
def test_a_tolerance_says_what_it_is_where_from_and_how_far_verified(step):
    limit = step["limit"]
    assert (
        limit["verified"] in ("V2", "V1", "P", "C", "M") and step["limit_source"] and step["quantity"] and step["unit"]
    )
    if "nominal" in limit:
        nominal = Decimal(limit["nominal"])
        width = max(Decimal(limit.get("plus_minus", 0)), nominal * Decimal(limit.get("percent", 0)) / 100)
        assert (Decimal(step["low"]), Decimal(step["high"])) == (nominal - width, nominal + width)
    else:
        assert step["low"] is not None or step["high"] is not None


@pytest.fixture
def draft(db):
    make_type(name="Defibrillator")
    load_procedures(by=System("test"))
    return newest_version(Procedure.objects.get(code="PM-DEF").pk)


def test_loaded_they_are_drafts_of_the_houses_type_with_their_tolerances(draft):
    assert (draft.state, draft.procedure.device_type.name) == ("draft", "Defibrillator")
    step = Step.objects.get(procedure_version=draft, key="energy-low")
    assert (step.low, step.high, step.quantity) == (Decimal(7), Decimal(13), "defibrillator.energy")
    assert step.limit == {"nominal": "10", "percent": "15", "plus_minus": "3", "verified": "M"}


def test_limits_follow_from_nominal_and_tolerance_when_a_draft_is_changed(draft):
    by = make_user(permissions=["testing.write"])
    reading = {"text": "Energy", "kind": "reading", "unit": "J", "low": 1, "high": 2}

    def change(limit):
        change_draft(by=by, version_id=draft.pk, steps=[{**reading, "limit": limit}])
        return Step.objects.get(procedure_version=draft)

    assert (change({"nominal": 200, "percent": "10"}).low, change({"nominal": 5, "plus_minus": 1}).high) == (180, 6)
    assert (change({"verified": "V1"}).high, change({}).limit) == (2, {})
    for wrong in (
        {"nominal": "x"},
        {"percent": 5},
        {"nominal": 5},
        {"nominal": 5, "percent": -1},
        {"verified": "?"},
        [1],
    ):
        with pytest.raises(Invalid) as caught:
            change(wrong)
        assert list(caught.value.fields) == ["steps.1.limit"]
