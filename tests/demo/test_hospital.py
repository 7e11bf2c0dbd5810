"""What must hold in every demo hospital, whatever chance did."""

from collections import Counter, defaultdict
from datetime import datetime, time, timedelta
from itertools import pairwise

import pytest
from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from wardwright.apps.assets.models import Asset, AssetMove, DeviceModel, DeviceType, MergeCandidate, StatusPeriod
from wardwright.apps.assets.queries import search_text_of
from wardwright.apps.assets.states import TRANSITIONS
from wardwright.apps.directory.models import Company, Department, Person, Site
from wardwright.apps.lending.models import Holding, Loan, LoanRequest
from wardwright.apps.maintenance.models import Attempt, Labour, Part, Plan, Rule, Schedule, StepResult, WorkOrder
from wardwright.apps.maintenance.operations.common import new_number
from wardwright.apps.maintenance.operations.generate import generate_due_work
from wardwright.apps.maintenance.queries import explain_schedule
from wardwright.apps.testing.models import Calibration, CalibrationPoint, Instrument, Measurement, ProcedureVersion
from wardwright.demo import ACCOUNTS, PASSWORD, is_demo, is_half_loaded, load_demo
from wardwright.kernel.limits import Limits, Outcome, judge
from wardwright.kernel.risk import INPUTS
from wardwright.kernel.udi import parse_udi
from wardwright.platform.access.models import Grant, User
from wardwright.platform.audit.models import AuditChange, AuditLeaf
from wardwright.platform.audit.operation import open_change
from wardwright.platform.audit.state import compare_state
from wardwright.platform.audit.verify import verify
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import NotNow
from wardwright.platform.signatures.models import Signature
from wardwright.platform.signatures.signing import signatures_of

from .conftest import ASSETS, TODAY

# The hospital is loaded once for the module, around all tests; the mark has the tables made where nothing else asks for
# them (a run of this file alone), and takes each test back.
pytestmark = pytest.mark.django_db
NOW = timezone.make_aware(datetime.combine(TODAY, time.min), timezone.get_default_timezone())


def test_counts_are_what_is_in_the_house(hospital):
    found = {
        "assets": Asset, "moves": AssetMove, "status_periods": StatusPeriod, "schedules": Schedule,
        "work_orders": WorkOrder, "results": StepResult, "attempts": Attempt, "labour": Labour, "parts": Part,
    }  # fmt: skip
    assert {name: model.objects.count() for name, model in found.items()} == {name: hospital[name] for name in found}
    assert hospital["assets"] == ASSETS


def test_the_catalogue_is_wide_and_the_queue_has_work(hospital):
    assert Site.objects.count() == 2
    assert DeviceType.objects.count() >= 90 and DeviceModel.objects.count() >= 250
    assert Company.objects.filter(is_maker=True).count() >= 40
    assert Department.objects.exclude(use_window="").count() == 27
    assert set(MergeCandidate.objects.filter(decision="open").values_list("kind", flat=True)) >= {
        "company",
        "model",
        "type",
    }


def test_status_periods_follow_each_other_by_allowed_steps(hospital):
    wrong = []
    for asset in Asset.objects.all():
        periods = list(StatusPeriod.objects.filter(asset=asset).order_by("id"))
        for one, next_one in pairwise(periods):
            same = one.status == next_one.status
            if one.until_at != next_one.from_at or not (same or next_one.status in TRANSITIONS[one.status]):
                wrong.append((asset.tag, one.status, next_one.status, one.until_at, next_one.from_at))
        if not all(p.until_at is None or p.from_at < p.until_at for p in periods):
            wrong.append((asset.tag, "backwards"))
        last = periods[-1]
        if (last.until_at, last.status, last.from_at, last.out_reason) != (
            None, asset.status, asset.status_since, asset.out_reason,
        ):  # fmt: skip
            wrong.append((asset.tag, "last"))
    assert wrong == []


def test_a_device_is_where_its_last_move_put_it(hospital):
    for asset in Asset.objects.all():
        last = AssetMove.objects.filter(asset=asset).order_by("-moved_at", "-id").first()
        assert (last.site_id, last.department_id, last.room_id) == (asset.site_id, asset.department_id, asset.room_id)


def test_days_of_a_device_are_in_order(hospital):
    in_order = [("manufactured_on", "purchased_on"), ("purchased_on", "installed_on"), ("installed_on", "accepted_on")]
    for earlier, later in in_order:
        assert list(Asset.objects.filter(**{f"{earlier}__gt": F(later)}).values_list("tag", flat=True)) == []
    assert not Asset.objects.filter(Q(accepted_on__gte=TODAY) | Q(last_seen_at__gte=NOW)).exists()


def test_moments_of_work_are_in_order_and_none_is_in_the_future(hospital):
    pairs = [
        ("reported_at", "started_at"), ("started_at", "done_at"), ("done_at", "closed_at"), ("done_at", "verified_at"),
        ("down_from_at", "down_until_at"), ("reported_at", "respond_by_at"), ("respond_by_at", "finish_by_at"),
    ]  # fmt: skip
    for earlier, later in pairs:
        assert list(WorkOrder.objects.filter(**{f"{earlier}__gt": F(later)}).values_list("number", flat=True)) == []
    for name in ("reported_at", "started_at", "done_at", "closed_at", "verified_at", "down_until_at"):
        assert not WorkOrder.objects.filter(**{f"{name}__gte": NOW}).exists()
    windows = [("window_opens_on", "due_on"), ("due_on", "window_end_on"), ("window_end_on", "out_of_compliance_on")]
    for earlier, later in windows:
        assert not WorkOrder.objects.filter(**{f"{earlier}__gt": F(later)}).exists()


def test_each_state_has_what_belongs_to_it(hospital):
    orders = WorkOrder.objects
    assert not orders.filter(state="closed").filter(Q(closed_at=None) | Q(verdict="")).exists()
    assert not orders.exclude(state__in=("closed", "cancelled")).exclude(closed_at=None).exists()
    assert not orders.filter(state="open").exclude(assigned_to=None).exists()
    assert not orders.filter(state="on_hold").filter(Q(hold_reason="") | Q(held_since_at=None)).exists()
    assert not orders.filter(state="to_verify").filter(Q(done_at=None) | Q(needs_verification=False)).exists()
    assert not orders.filter(verdict="not_done").exclude(done_at=None).exists()


def test_a_failed_step_led_to_one_repair(hospital):
    failed = set(StepResult.objects.filter(outcome="fail").values_list("work_order_id", flat=True))
    parents = Counter(WorkOrder.objects.exclude(parent=None).values_list("parent_id", flat=True))
    judged = set(WorkOrder.objects.filter(verdict__startswith="fail_").values_list("pk", flat=True))
    assert failed == judged == set(parents)
    assert set(parents.values()) <= {1}
    assert not WorkOrder.objects.exclude(parent=None).exclude(asset=F("parent__asset")).exists()


def test_readings_are_judged_as_their_limits_say(hospital):
    for result in StepResult.objects.filter(kind="reading"):
        judged = judge(result.value, Limits(result.low, result.high)).outcome
        assert result.outcome == ("fail" if judged is Outcome.FAIL else "pass")


def test_costs_add_up(hospital):
    labour = dict(Labour.objects.values_list("work_order").annotate(cents=Sum("cost_cents")))
    parts = dict(Part.objects.values_list("work_order").annotate(cents=Sum("cost_cents")))
    minutes = dict(Labour.objects.values_list("work_order").annotate(sum=Sum("minutes")))
    for order in WorkOrder.objects.all():
        own = (order.labour_cost_cents, order.parts_cost_cents, order.labour_minutes)
        assert own == (labour.get(order.pk, 0), parts.get(order.pk, 0), minutes.get(order.pk, 0)), order.number
    assert not Part.objects.exclude(cost_cents=F("quantity") * F("unit_cost_cents")).exists()


def test_signatures_hold(hospital):
    signed = WorkOrder.objects.filter(
        pk__in=Signature.objects.filter(signed_table=WorkOrder._meta.db_table).values("signed_id")
    )
    assert signed.exists()
    rows = [*signed, *ProcedureVersion.objects.filter(approved_by_name="Hanna Keller")]
    assert [str(row) for row in rows for standing in signatures_of(row) if standing.superseded] == []


def test_the_last_due_date_settled_is_behind_every_open_order(hospital):
    unfinished = WorkOrder.objects.filter(kind="planned").exclude(state__in=("closed", "cancelled"))
    assert (
        not unfinished.filter(schedule__last_due_on__gt=F("due_on"), schedule__is_active=True)
        .filter(schedule__last_done_on=None)
        .exists()
    )
    by_schedule = defaultdict(set)
    for schedule_id, due_on in WorkOrder.objects.filter(kind="planned").values_list("schedule_id", "due_on"):
        assert due_on not in by_schedule[schedule_id]
        by_schedule[schedule_id].add(due_on)


def test_generating_the_coming_month_finds_everything_there(hospital):
    made = generate_due_work(by=System("test"), until=TODAY + timedelta(days=30), today=TODAY)
    assert (made.created, made.existing > 0) == (0, True)


def test_a_house_rule_is_in_force_and_ventilators_go_by_hours_or_months(hospital):
    rule = Rule.objects.get(state="active")
    assert (rule.name, rule.read().missing(dict.fromkeys(INPUTS, 1))) == ("House rule", ())
    plan = Plan.objects.exclude(meter_interval=None).get()
    words = {explain_schedule(row, TODAY)[0] for row in Schedule.objects.filter(plan=plan).select_related("asset")}
    assert words <= {"The meter comes before the calendar.", "The calendar comes before the meter."}
    assert words


def test_labels_can_be_read_again(hospital):
    labelled = Asset.objects.exclude(udi="")
    assert labelled.exists()
    for asset in labelled:
        udi = parse_udi(asset.udi, today=TODAY)
        # Some serial numbers were typed in small letters, without dashes: the label is right.
        assert (udi.device_identifier, udi.serial.lower().replace("-", " ")) == (
            asset.udi_di,
            asset.serial.lower().replace("-", " "),
        )


def test_devices_are_found_by_what_they_are(hospital):
    for asset in Asset.objects.select_related("device_model__maker", "device_type"):
        assert asset.search_text == search_text_of(asset)


@pytest.mark.parametrize("username", [name for name, _ in ACCOUNTS])
def test_every_account_logs_in_with_one_role(hospital, username):
    user = User.objects.get(username=username)
    assert user.check_password(PASSWORD)
    assert Grant.objects.filter(user=user).count() == 1
    assert Person.objects.filter(user=user).count() == 1


def test_scopes_are_those_of_the_people(hospital):
    kinds = dict(Grant.objects.values_list("user__username", "scope_kind"))
    limited = {name: kind for name, kind in kinds.items() if kind != "all"}
    assert limited == {"tina": "site", "tom": "site", "lina": "site", "nora": "department", "victor": "vendor"}
    visible = Asset.objects.visible_to(User.objects.get(username="victor"))
    assert set(visible.values_list("provider__name", flat=True)) <= {"Meridian Medical Service"}


def test_this_morning_everybody_finds_work(hospital):
    assert WorkOrder.objects.filter(assigned_to__user__username="tina").exclude(state="closed").exists()
    overnight = WorkOrder.objects.filter(
        kind="corrective", state="open", assigned_to=None, reported_at__gte=NOW - timedelta(days=1)
    )
    assert overnight.count() >= hospital["requests_overnight"] == 6
    waiting = WorkOrder.objects.filter(state="on_hold", hold_reason="parts", held_since_at__lt=NOW - timedelta(days=7))
    assert waiting.exists()
    assert WorkOrder.objects.filter(state="to_verify").exists()
    assert Instrument.objects.filter(calibration_due_on__lt=TODAY).count() == 1


def test_plans_cover_law_maker_and_alternate_programme(hospital):
    assert set(Plan.objects.values_list("strategy", flat=True)) == {"maker", "aem", "law", "none"}
    twice = Schedule.objects.values("asset").annotate(count=Count("id")).filter(count__gt=1)
    assert twice.exists()


def test_the_trail_is_whole_and_sealed(hospital):
    report = verify()
    compare_state(report)
    assert report.problems == []
    changes = AuditChange.objects.filter(operation__startswith="demo.")
    assert AuditLeaf.objects.filter(change_id__in=changes.values("id")).count() == changes.count()


def test_numbers_go_on_after_the_demo(hospital):
    with open_change("test.number", System("test")):
        assert not WorkOrder.objects.filter(number=new_number(TODAY)).exists()


def test_a_house_with_devices_is_refused(hospital):
    assert (is_demo(), is_half_loaded()) == (True, False)
    before = Asset.objects.count()
    with pytest.raises(NotNow, match="already has devices"):
        load_demo(seed=1, assets=5, today=TODAY)
    assert Asset.objects.count() == before


def test_the_equipment_library_is_alive(hospital):
    """Some of what it lends is with wards, some waits for cleaning, some is ready; there is a past to count."""
    custody = set(Holding.objects.values_list("custody", flat=True))
    assert {"ready", "out", "dirty"} <= custody
    assert Loan.objects.filter(collected_at__isnull=False).count() > 20
    assert LoanRequest.objects.unmet().count() == 3


def test_every_reading_is_a_measurement_of_its_device(hospital):
    readings = StepResult.objects.filter(kind="reading").select_related("measurement", "work_order")
    wrong = [
        result.pk
        for result in readings
        if (
            result.asset_id,
            result.value,
            result.unit,
            result.low,
            result.high,
            result.instrument_id,
            result.recorded_at,
        )
        != tuple(
            getattr(result.measurement, name)
            for name in ("asset_id", "value", "unit", "low", "high", "instrument_id", "taken_at")
        )
        or result.measurement.verdict not in (result.outcome, "none")
    ]
    assert (readings.exists(), wrong) == (True, [])
    assert Measurement.objects.filter(source="step").count() == readings.count()
    assert Measurement.objects.filter(taken_at__lt=NOW - timedelta(days=1200)).exists()
    assert not Measurement.objects.filter(calibration__calibrated_on__gt=F("taken_at__date")).exists()


def test_instruments_have_a_history_and_one_was_found_out(hospital):
    assert not Instrument.objects.exclude(pk__in=Calibration.objects.values("instrument")).exists()
    (out,) = Calibration.objects.filter(as_found="out")
    assert (out.adjusted, out.as_left, out.calibrated_on) == (True, "in_tolerance", out.instrument.calibrated_on)
    beyond = Q(found__lt=F("low")) | Q(found__gt=F("high"))
    assert set(CalibrationPoint.objects.filter(beyond).values_list("calibration_id", flat=True)) == {out.pk}
