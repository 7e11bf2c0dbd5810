"""Whole registers through the same door as ``wardwright import``: counted against what is known of them, and again for
nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from wardwright.apps.assets.models import Asset, DeviceModel, MergeCandidate
from wardwright.apps.directory.models import Company, CompanyAlias
from wardwright.apps.directory.queries import company_named
from wardwright.apps.maintenance.models import Plan, Schedule
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.core.change import System
from wardwright.platform.exchange.operations import import_file

pytestmark = [pytest.mark.real, pytest.mark.django_db]

QUARTERLY, ANNUAL, VIETNAMESE, WORKBOOK = (
    "quarterly_plan_wide.csv",
    "annual_list_cp1252.csv",
    "register_vi.csv",
    "export_us.xlsx",
)
OUTCOMES = ("imported", "updated", "unchanged", "skipped", "refused")


@pytest.fixture
def registers(shared_data: Path) -> Path:
    return shared_data / "registers"


@pytest.fixture
def truth(registers: Path) -> dict[str, Any]:
    return json.loads((registers / "truth.json").read_text())


def bring(path: Path) -> dict[str, Any]:
    """Import a file and check that its rows are accounted for."""
    answer = import_file(by=System("test"), target="assets", path=path)
    assert sum(answer[name] for name in OUTCOMES) == answer["rows"]
    assert sum(answer["reasons"].values()) == answer["skipped"] + answer["refused"]
    return answer


def outcomes(answer: dict[str, Any]) -> tuple[int, ...]:
    return tuple(answer[name] for name in OUTCOMES)


def state_of_the_house() -> tuple[Any, ...]:
    """Every row that an import may touch, as it is, and how many changes there were."""
    return (
        list(Asset.objects.order_by("id").values()),
        list(Schedule.objects.order_by("id").values()),
        list(Company.objects.order_by("id").values()),
        list(CompanyAlias.objects.order_by("id").values()),
        list(DeviceModel.objects.order_by("id").values()),
        list(MergeCandidate.objects.order_by("id").values()),
        Plan.objects.count(),
        AuditChange.objects.count(),
    )


def test_a_wide_plan_gives_four_schedules_for_each_device(registers: Path, truth: dict[str, Any]) -> None:
    known = truth[QUARTERLY]
    answer = bring(registers / QUARTERLY)
    assert outcomes(answer) == (known["rows"] - known["repeated_rows"], 0, 0, known["repeated_rows"], 0)
    assert answer["schedules"] == Schedule.objects.count() == 880 * known["schedules_per_asset"]
    assert Company.objects.filter(is_maker=True).count() == known["makers"]
    asset = Asset.objects.get(tag="2007")
    assert (asset.serial, asset.device_model.name, asset.department.name) == ("PH890770", "INTELLIVUE MP30", "ENT")
    labels = list(
        Schedule.objects.filter(asset=asset).order_by("label").values_list("label", "anchor_on", "last_done_on")
    )
    assert labels == [
        ("PPM Q I", date(2024, 2, 10), None),
        ("PPM Q II", date(2024, 5, 12), None),
        ("PPM Q III", date(2024, 8, 11), None),
        ("PPM Q IV", date(2024, 11, 10), None),
    ]


def test_a_visit_that_was_done_is_settled(registers: Path) -> None:
    bring(registers / QUARTERLY)
    first, third = (Schedule.objects.get(asset__tag="2001", label=label) for label in ("PPM Q I", "PPM Q III"))
    assert (first.anchor_on, first.last_done_on) == (date(2024, 1, 12), None)
    assert (third.anchor_on, third.last_due_on, third.last_done_on) == (date(2025, 7, 13),) * 3


def test_marks_behind_serial_numbers_are_left_out(registers: Path) -> None:
    bring(registers / QUARTERLY)
    assert Asset.objects.filter(serial__contains="#").count() == 0
    assert Asset.objects.get(tag="2006").serial == "EAB34709338"


def test_an_annual_list_finds_the_devices_that_the_plan_brought(registers: Path, truth: dict[str, Any]) -> None:
    bring(registers / QUARTERLY)
    answer = bring(registers / ANNUAL)
    # Sixty devices stand in both lists. One of them, 2221, has no serial number in the plan: it is named,
    # and a person decides.
    recognised = truth[ANNUAL]["also_in_quarterly_plan"] - 1
    assert outcomes(answer) == (truth[ANNUAL]["rows"] - recognised, recognised, 0, 0, 0)
    assert [item for item in answer["near"] if item["this"] == "2221" and "7" in item["why"]] != []
    assert Asset.objects.filter(serial="3472").count() == 1
    found = Asset.objects.get(serial="3472")
    assert (found.tag, found.purchase_cost_cents, found.currency, found.department.name) == (
        "2475",
        165107,
        "EUR",
        "ICU",
    )
    assert Schedule.objects.get(asset=found, label="").last_done_on == date(2025, 6, 7)


def test_the_order_of_two_overlapping_lists_does_not_matter_for_the_number_of_devices(registers: Path) -> None:
    bring(registers / ANNUAL)
    answer = bring(registers / QUARTERLY)
    assert answer["updated"] == 59
    assert Asset.objects.count() == 440 + 880 - 59
    assert Asset.objects.get(serial="3472").tag == "2475"


def test_asset_numbers_come_out_of_vietnamese_notes(registers: Path, truth: dict[str, Any]) -> None:
    answer = bring(registers / VIETNAMESE)
    assert outcomes(answer) == (truth[VIETNAMESE]["rows"], 0, 0, 0, 0)
    asset = Asset.objects.get(tag="AST000006")
    assert (asset.device_type.name, asset.serial, asset.manufactured_year) == (
        "Ventilator, intensive care",
        "HBK17309054",
        2013,
    )
    assert asset.external_ids == {"ProcurementID": "PR000106", "risk": "D"}
    assert asset.device_type.life_support is True


def test_a_workbook_with_titles_and_sub_totals(registers: Path, truth: dict[str, Any]) -> None:
    known = truth[WORKBOOK]
    answer = bring(registers / WORKBOOK)
    assert outcomes(answer) == (known["devices"], 0, 0, known["subtotal_rows"], 0)
    assert {item["order"] for item in answer["dates"].values()} == {"month-first"}
    asset = Asset.objects.get(tag="BMD-1000")
    assert (asset.purchased_on, asset.purchase_cost_cents, asset.udi_di) == (
        date(2023, 12, 19),
        2699613,
        "01911607871650",
    )
    assert (asset.site.name, asset.department.name, asset.room.name) == ("Main", "ER", "424")
    assert Schedule.objects.get(asset=asset).last_done_on == date(2026, 4, 15)
    assert Schedule.objects.filter(asset__tag="BMD-1001").count() == 0


def test_spellings_of_a_maker_become_one_and_related_makers_stay_apart(registers: Path, truth: dict[str, Any]) -> None:
    for name in (QUARTERLY, ANNUAL, VIETNAMESE, WORKBOOK):
        bring(registers / name)
    ids = {}
    for maker, spellings in truth["makers"].items():
        found = {company_named(text.strip()) for text in spellings if company_named(text.strip())}
        assert len(found) == 1, (maker, found)
        ids[maker] = found.pop().pk
    assert len(set(ids.values())) == len(truth["makers"])


def test_a_catalogue_becomes_models_and_no_devices(shared_data: Path) -> None:
    answer = bring(shared_data / "02_fda" / "gudid" / "gudid_serialised_equipment_subset.csv")
    assert (answer["target"], answer["rows"], answer["skipped"], answer["refused"]) == ("models", 676, 27, 0)
    assert Asset.objects.count() == 0
    model = DeviceModel.objects.get(udi_di="00841447100072")
    assert (model.name, model.maker.name, model.device_type.fda_product_code) == ("XPO100B", "Invacare", "CAW")


@pytest.mark.parametrize(
    "name", [QUARTERLY, ANNUAL, VIETNAMESE, WORKBOOK, "../02_fda/gudid/gudid_serialised_equipment_subset.csv"]
)
def test_the_same_file_again_changes_nothing(registers: Path, name: str) -> None:
    first = bring(registers / name)
    before = state_of_the_house()
    again = bring(registers / name)
    assert outcomes(again) == (0, 0, first["imported"] + first["updated"], first["skipped"], 0)
    assert state_of_the_house() == before
