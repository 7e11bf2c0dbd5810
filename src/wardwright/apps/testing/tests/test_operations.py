"""Procedures are versions that never change once approved; instruments stay in calibration."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from tests.factories import PASSWORD, make_instrument, make_procedure, make_site, make_type, make_user

from wardwright.apps.testing.models import Instrument, Procedure, ProcedureVersion, Step
from wardwright.apps.testing.operations import (
    approve_version,
    change_draft,
    create_procedure,
    draft_version,
    keep_instrument,
    load_procedures,
    record_calibration,
)
from wardwright.apps.testing.queries import (
    approved_version,
    instruments_past_calibration,
    newest_version,
    usable_instruments,
)
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.core.errors import Denied, Invalid, NotNow, StaleEdit
from wardwright.platform.signatures.signing import signatures_of

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
CHECK = {"text": "Case is whole", "section": "visual"}
READING = {
    "text": "Leakage",
    "section": "safety",
    "kind": "reading",
    "unit": "µA",
    "high": "500",
    "needs_instrument": True,
}


@pytest.fixture
def engineer():
    return make_user(permissions=["testing.view", "testing.write", "testing.approve"])


def written(by, steps=(CHECK, READING)):
    procedure = create_procedure(by=by, code="PM-1", title="Yearly", device_type_id=make_type().pk)
    draft = newest_version(procedure.pk)
    return change_draft(by=by, version_id=draft.pk, minutes=20, source="Manual", steps=list(steps))


def test_a_procedure_is_approved_for_all_sites_or_not_at_all(engineer):
    draft = written(engineer)
    local = make_user(permissions=["testing.view", "testing.write", "testing.approve"], scope=("site", make_site().pk))
    with pytest.raises(Denied, match="all sites"):
        approve_version(by=local, version_id=draft.pk, password=PASSWORD)
    assert ProcedureVersion.objects.get().state == "draft"


def test_a_procedure_is_drafted_approved_and_followed_by_its_next_version(engineer):
    first = approve_version(by=engineer, version_id=written(engineer).pk, password=PASSWORD)
    assert (first.state, first.approved_by_name, [s["key"] for s in first.frozen_steps()]) == (
        "approved", engineer.name, ["case-is-whole", "leakage"])  # fmt: skip
    (standing,) = signatures_of(first)
    assert (standing.signature.meaning, standing.superseded) == ("approved", False)
    second = draft_version(by=engineer, procedure_id=first.procedure_id)
    assert (second.number, second.minutes, second.frozen_steps()) == (2, 20, first.frozen_steps())
    assert draft_version(by=engineer, procedure_id=first.procedure_id).pk == second.pk
    approve_version(by=engineer, version_id=second.pk, password=PASSWORD)
    states = list(ProcedureVersion.objects.order_by("number").values_list("state", flat=True))
    assert states == ["retired", "approved"]
    assert approved_version(first.procedure_id).pk == second.pk


def test_an_approved_version_does_not_change_and_is_not_approved_twice(engineer):
    version = approve_version(by=engineer, version_id=written(engineer).pk, password=PASSWORD)
    with pytest.raises(NotNow):
        change_draft(by=engineer, version_id=version.pk, steps=[CHECK])
    with pytest.raises(NotNow):
        approve_version(by=engineer, version_id=version.pk, password=PASSWORD)
    assert Step.objects.count() == 2


def test_an_empty_version_and_a_wrong_password_approve_nothing(engineer):
    version = written(engineer, steps=())
    with pytest.raises(Invalid):
        approve_version(by=engineer, version_id=version.pk, password=PASSWORD)
    change_draft(by=engineer, version_id=version.pk, steps=[CHECK])
    with pytest.raises(Invalid) as refused:
        approve_version(by=engineer, version_id=version.pk, password="wrong")
    assert list(refused.value.fields) == ["password"]
    version.refresh_from_db()
    assert (version.state, approved_version(version.procedure_id)) == ("draft", None)


@pytest.mark.parametrize(
    ("step", "name"),
    [
        ({"text": ""}, "text"),
        ({"text": "A", "kind": "song"}, "kind"),
        ({"text": "A", "section": "roof"}, "section"),
        ({"text": "A", "key": "Big Letters"}, "key"),
        ({"text": "A", "kind": "reading", "low": "5", "high": "4"}, "low"),
        ({"text": "A", "kind": "reading", "high": "many"}, "high"),
        ({"text": "A", "kind": "reading", "high": "0.00001"}, "high"),
        ({"text": "A", "high": "4"}, "high"),
        ({"text": "A", "kind": "choice", "choices": ["one"]}, "choices"),
        ({"text": "A", "kind": "choice", "choices": ["!bad", "!worse"]}, "choices"),
        ({"text": "A", "needs_instrument": True}, "needs_instrument"),
        ({"text": "A" * 301}, "text"),
    ],
)
def test_a_step_that_makes_no_sense_is_named(engineer, step, name):
    version = written(engineer)
    with pytest.raises(Invalid) as refused:
        change_draft(by=engineer, version_id=version.pk, steps=[CHECK, step])
    assert list(refused.value.fields) == [f"steps.2.{name}"]
    assert Step.objects.count() == 2


def test_keys_stay_and_may_not_repeat(engineer):
    version = written(engineer, steps=[CHECK, CHECK])
    assert [s["key"] for s in version.frozen_steps()] == ["case-is-whole", "case-is-whole-2"]
    with pytest.raises(Invalid):
        change_draft(by=engineer, version_id=version.pk, steps=[{**CHECK, "key": "a"}, {**CHECK, "key": "a"}])


def test_the_same_steps_again_write_nothing_and_an_old_form_is_refused(engineer):
    version = written(engineer)
    before = list(Step.objects.values_list("pk", flat=True))
    change_draft(by=engineer, version_id=version.pk, steps=version.frozen_steps())
    assert list(Step.objects.values_list("pk", flat=True)) == before
    with pytest.raises(StaleEdit):
        change_draft(by=engineer, version_id=version.pk, expected_version=1, steps=[CHECK])


def test_the_code_of_a_procedure_is_taken_once(engineer):
    written(engineer)
    with pytest.raises(Invalid) as refused:
        create_procedure(by=engineer, code="PM-1", title="Again")
    assert list(refused.value.fields) == ["code"]
    assert Procedure.objects.count() == 1


def test_writing_and_approving_need_their_permissions():
    reader = make_user(permissions=["testing.view"])
    version = make_procedure()
    with pytest.raises(Denied):
        create_procedure(by=reader, code="X", title="X")
    with pytest.raises(Denied):
        draft_version(by=reader, procedure_id=version.procedure_id)
    writer = make_user(permissions=["testing.write"])
    draft = draft_version(by=writer, procedure_id=version.procedure_id)
    with pytest.raises(Denied):
        approve_version(by=writer, version_id=draft.pk, password=PASSWORD)


def test_the_shipped_procedures_load_once_as_drafts_that_make_sense(system):
    pump = make_type(name="Infusion pump")
    assert load_procedures(by=system) == 21
    assert load_procedures(by=system) == 0
    assert set(ProcedureVersion.objects.values_list("state", flat=True)) == {"draft"}
    assert Procedure.objects.get(code="PM-INF").device_type_id == pump.pk
    leakage = Step.objects.filter(key="equipment-leakage")
    assert {(step.limit["test"], step.limit["method"], step.high) for step in leakage} == {
        ("equipment_leakage", "direct", None)
    }
    assert not Step.objects.filter(high__isnull=False, limit_source="").exists()


# Instruments ----------------------------------------------------------------------------------------------------


def test_an_instrument_is_added_changed_and_calibrated():
    site = make_site()
    keeper = make_user(permissions=["testing.instruments", "testing.view"], scope=("site", site.pk))
    made = keep_instrument(by=keeper, name="Analyser", site_id=site.pk, serial="1")
    assert list(instruments_past_calibration(keeper, TODAY)) == [made]
    keep_instrument(by=keeper, instrument_id=made.pk, expected_version=1, name="Analyser 2")
    done = record_calibration(by=keeper, instrument_id=made.pk, calibrated_on=TODAY, due_on=TODAY + timedelta(days=365))
    assert (done.name, done.calibration_due_on, done.version) == ("Analyser 2", TODAY + timedelta(days=365), 3)
    assert list(usable_instruments(keeper, TODAY)) == [made]
    assert AuditChange.objects.filter(operation="testing.record_calibration").count() == 1
    with pytest.raises(StaleEdit):
        keep_instrument(by=keeper, instrument_id=made.pk, expected_version=1, name="Lost")


def test_instruments_of_other_sites_and_impossible_dates_are_refused():
    site = make_site()
    keeper = make_user(permissions=["testing.instruments"], scope=("site", site.pk))
    foreign = make_instrument()
    with pytest.raises(Denied):
        keep_instrument(by=keeper, instrument_id=foreign.pk, name="Mine")
    with pytest.raises(Denied):
        keep_instrument(by=keeper, name="Analyser", site_id=foreign.site_id)
    with pytest.raises(Invalid) as refused:
        keep_instrument(by=keeper, site_id=site.pk)
    assert list(refused.value.fields) == ["name"]
    own = keep_instrument(by=keeper, name="Analyser", site_id=site.pk)
    for calibrated_on, due_on in ((TODAY + timedelta(days=1), date(2100, 1, 1)), (TODAY, TODAY)):
        with pytest.raises(Invalid):
            record_calibration(by=keeper, instrument_id=own.pk, calibrated_on=calibrated_on, due_on=due_on)
    assert Instrument.objects.get(pk=own.pk).calibrated_on is None
