"""Registers of other hospitals through ``wardwright import`` and the wizard: every row accounted for, every device as
the row says, and nothing changed by the same file again."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import pytest

from tests.factories import make_site, make_user
from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.states import Status
from wardwright.apps.maintenance.models import Plan, Schedule
from wardwright.apps.maintenance.operations import activate_waiting, generate_due_work, propose_plans
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.core.change import System
from wardwright.platform.exchange.models import SessionState
from wardwright.platform.exchange.operations import commit_session, dry_run, import_file, start_session

from . import elsewhere, europe, workbooks

pytestmark = pytest.mark.django_db
OUTCOMES = ("rows", "imported", "updated", "unchanged", "skipped", "refused")


class Register(NamedTuple):
    """A file, what becomes of its rows (imported, skipped, refused) and how many schedules they give."""

    name: str
    data: bytes
    imported: int
    skipped: int = 0
    refused: int = 0
    schedules: int = 0


REGISTERS = [
    Register("inventaire.csv", europe.FRENCH, 12, skipped=5, schedules=10),
    Register("Geräteliste.csv", europe.GERMAN, 11, skipped=1, schedules=10),
    Register("apparecchiature.csv", europe.ITALIAN, 9, schedules=8),
    Register("apparatuur.txt", europe.DUTCH, 6, schedules=5),
    Register("demirbaş.csv", europe.TURKISH, 8, schedules=7),
    Register("aparatura.csv", europe.POLISH, 8, schedules=7),
    Register("přístroje.ods", europe.CZECH_ODS, 3),
    Register("inventario.csv", elsewhere.SPANISH, 9, skipped=8, schedules=8),
    Register("patrimônio.csv", elsewhere.PORTUGUESE, 8, schedules=6),
    Register("الأجهزة.csv", elsewhere.ARABIC, 6, schedules=5),
    Register("设备台账.csv", elsewhere.CHINESE, 6, schedules=5),
    Register("unicode.txt", elsewhere.UNICODE_TEXT, 8, skipped=2, refused=1, schedules=8),
    Register("donations.csv", elsewhere.DONATIONS, 6, skipped=1),
    Register("stock register.csv", elsewhere.INDIAN, 7, schedules=5),
    Register("district.csv", elsewhere.DISTRICT, 8, schedules=4),
    Register("by kind.csv", elsewhere.BY_KIND, 5, skipped=3),
    Register("thiết bị.csv", elsewhere.VIETNAMESE, 3, skipped=2),
    Register("equipment.csv", elsewhere.AMERICAN, 3, schedules=3),
    Register("report.xls", elsewhere.WEB_PAGE, 2),
    Register("wards.xlsx", workbooks.by_ward(), 8, skipped=2),
    Register("register.xlsx", workbooks.two_row_headings(), 6, skipped=4, schedules=6),
    Register("ppm.xlsx", workbooks.ward_rows(), 6, skipped=9, schedules=5),
]
each_register = pytest.mark.parametrize("register", REGISTERS, ids=[r.name for r in REGISTERS])


def bring(register: Register) -> dict[str, Any]:
    answer = import_file(by=System("test"), target="assets", data=register.data, file_name=register.name)
    assert answer["rows"] == sum(answer[name] for name in OUTCOMES[1:])
    assert sum(answer["reasons"].values()) == answer["skipped"] + answer["refused"]
    return answer


def named(name: str) -> Register:
    return next(register for register in REGISTERS if register.name == name)


def device(tag: str) -> tuple[Any, ...]:
    """Type, maker, model, serial number, department, status."""
    a = Asset.objects.select_related("device_type", "device_model__maker", "department").get(tag=tag)
    where = a.department.name if a.department else ""
    return a.device_type.name, a.device_model.maker.name, a.device_model.name, a.serial, where, a.status


def schedule(tag: str) -> tuple[Any, ...]:
    """Interval, unit, last done, counted from."""
    found = Schedule.objects.select_related("plan").get(asset__tag=tag)
    return found.plan.interval, found.plan.interval_kind, found.last_done_on, found.anchor_on


@each_register
def test_every_row_is_accounted_for(register: Register) -> None:
    answer = bring(register)
    rows = register.imported + register.skipped + register.refused
    assert tuple(answer[name] for name in OUTCOMES) == (
        rows,
        register.imported,
        0,
        0,
        register.skipped,
        register.refused,
    )
    assert answer["schedules"] == Schedule.objects.count() == register.schedules
    assert Asset.objects.count() == register.imported


@each_register
def test_the_same_file_again_changes_nothing(register: Register) -> None:
    bring(register)
    changes = AuditChange.objects.count()
    answer = bring(register)
    assert (answer["imported"], answer["updated"], answer["unchanged"]) == (0, 0, register.imported)
    assert AuditChange.objects.count() == changes


@each_register
def test_the_wizard_comes_to_the_same_outcome(register: Register) -> None:
    make_site(name="Main")
    by = make_user(permissions=["assets.import", "assets.view"])
    session = start_session(by=by, target="assets", file_name=register.name, data=register.data)
    session = dry_run(by=by, session_id=session.pk)
    found = tuple(session.counts[name] for name in ("imported", "skipped", "refused"))
    assert found == (register.imported, register.skipped, register.refused)
    assert commit_session(by=by, session_id=session.pk).state == SessionState.DONE
    assert Asset.objects.count() == register.imported


@each_register
def test_plans_are_proposed_for_every_type_and_make_work(register: Register) -> None:
    """No type is left without a plan: those that nobody has judged get a yearly visit and say so."""
    bring(register)
    propose_plans(by=System("test"))
    activate_waiting(by=System("test"))
    made = generate_due_work(by=System("test"), until=date(2027, 12, 31), today=date(2026, 11, 21))
    kept = Asset.objects.filter(status__in=(Status.IN_SERVICE, Status.OUT_OF_SERVICE, Status.IN_STORE))
    planned = set(Plan.objects.exclude(device_type=None).values_list("device_type_id", flat=True))
    scheduled = set(Schedule.objects.values_list("asset__device_type_id", flat=True))
    assert {a.device_type.name for a in kept if a.device_type_id not in planned | scheduled} == set()
    assert made.created > 0


def test_french() -> None:
    bring(named("inventaire.csv"))
    assert device("BM-0002") == (
        "Ventilator, intensive care",
        "Dräger",
        "Evita V500",
        "ASBH-0045",
        "Réanimation",
        Status.IN_SERVICE,
    )
    assert schedule("BM-0004") == (18, "months", date(2022, 6, 14), date(2022, 6, 14))
    ecg = Asset.objects.get(tag="BM-0007")
    assert (ecg.installed_on, ecg.purchase_cost_cents, ecg.currency) == (date(2017, 6, 1), 6_400_000, "EUR")
    assert {tag: Asset.objects.get(tag=tag).status for tag in ("BM-0003", "BM-0005", "BM-0010")} == {
        "BM-0003": Status.OUT_OF_SERVICE,
        "BM-0005": Status.RETIRED,
        "BM-0010": Status.OUT_OF_SERVICE,
    }
    assert Asset.objects.filter(tag__in=("BM-0009", "BM-0010", "BM-0011")).exclude(serial="").count() == 0


def test_german_maker_and_model_in_one_column() -> None:
    bring(named("Geräteliste.csv"))
    assert device("100236")[1:3] == ("B. Braun", "Infusomat Space")
    assert device("100240")[1:3] == ("Siemens Healthineers", "ACUSON Juniper")
    assert device("100244")[1:3] == ("Seca", "376")
    assert device("100243")[1:3] == ("Maker not stated", "boso carat professional")
    assert schedule("100236") == (24, "months", date(2022, 11, 17), date(2022, 11, 1))
    assert device("100239")[5] == Status.RETIRED
    assert Asset.objects.get(tag="100240").currency == "EUR"


def test_turkish_months_are_not_years() -> None:
    bring(named("demirbaş.csv"))
    assert schedule("253.02.01/15/12")[:2] == (6, "months")
    assert device("253.02.01/15/13") == (
        "Patient monitor",
        "Nihon Kohden",
        "BSM-3562",
        "09113",
        "Yoğun Bakım",
        Status.OUT_OF_SERVICE,
    )


def test_polish_interval_from_two_dates_and_status_from_the_condition() -> None:
    bring(named("aparatura.csv"))
    assert schedule("SZP/0012") == (12, "months", date(2023, 5, 15), date(2023, 5, 15))
    assert (device("SZP/0016")[5], device("SZP/0019")[5]) == (Status.RETIRED, Status.OUT_OF_SERVICE)


def test_italian_place_beside_the_department_is_kept() -> None:
    bring(named("apparecchiature.csv"))
    asset = Asset.objects.select_related("room", "department").get(tag="EM 000871")
    assert (asset.department.name, asset.room.name) == ("Rianimazione", "Pad. 3, piano 2")
    assert schedule("EM 000871") == (12, "months", None, date(2024, 2, 14))


def test_spanish_wards_between_the_rows() -> None:
    bring(named("inventario.csv"))
    assert device("740880370021")[4] == "CENTRO QUIRÚRGICO"
    assert device("740880370014")[0] == "Patient monitor"
    assert Asset.objects.get(tag="740880370012").purchased_on == date(2021, 1, 1)
    assert Asset.objects.filter(device_model__name__contains="Revisado").count() == 0


def test_chinese_and_arabic_makers_are_the_known_ones() -> None:
    bring(named("设备台账.csv"))
    bring(named("الأجهزة.csv"))
    assert device("2018YL00123")[:3] == ("Ventilator, intensive care", "Mindray", "SV300")
    assert device("2015YL00031")[1] == "Philips"
    assert device("MOH-1002")[:2] == ("Patient monitor", "Philips")
    assert Asset.objects.get(tag="2018YL00123").currency == "CNY"
    assert Asset.objects.get(tag="MOH-1001").installed_on == date(2018, 3, 15)


def test_numbers_that_a_spreadsheet_spoilt() -> None:
    answer = bring(named("unicode.txt"))
    assert {tag: Asset.objects.get(tag=tag).serial for tag in ("DGH001", "DGH002", "DGH004")} == {
        "DGH001": "",
        "DGH002": "45012",
        "DGH004": "",
    }
    assert answer["warnings"] == {"A spreadsheet has rounded this number: digits are lost, it was left out.": 1}
    assert [str(Asset.objects.get(tag=f"DGH00{n}").installed_on) for n in (1, 2, 3, 5, 6)] == [
        "2021-01-01",
        "2021-04-01",
        "2019-01-01",
        "2019-05-12",
        "2018-08-17",
    ]
    assert schedule("DGH005")[:2] == (18, "months")
    assert schedule("DGH006")[:2] == (6, "months")


def test_rows_that_stand_for_several_devices_are_named() -> None:
    answer = bring(named("donations.csv"))
    assert answer["warnings"] == {"The row stands for several devices; one was registered.": 4}
    assert answer["columns"]["Donor"] == "supplier"
    assert set(Asset.objects.exclude(purchase_cost_cents=None).values_list("currency", flat=True)) == {"USD"}


def test_indian_amounts_and_serial_numbers() -> None:
    bring(named("stock register.csv"))
    asset = Asset.objects.select_related("device_model__maker").get(serial="BPL/EX/1188")
    assert (asset.purchase_cost_cents, asset.currency) == (12_500_000, "INR")
    assert (asset.device_model.maker.name, asset.device_model.name) == ("BPL Medical", "Excello")
    assert Schedule.objects.get(asset=asset).plan.interval == 6


def test_sheets_of_one_register_are_one_list() -> None:
    answer = bring(named("wards.xlsx"))
    assert answer["notes"] == [
        "These sheets were read as one list: ICU, Theatre, Maternity.",
        "Not read, because they hold no list of this kind or repeat it: Cover, Legend.",
    ]
    assert answer["reason_rows"] == {"A sub-total, not a device.": ["ICU!7", "Theatre!7"]}
    assert [device(tag)[3:5] for tag in ("BME-001", "BME-010", "BME-020")] == [
        ("7711", "ICU"),
        ("ASAB-0034", "Theatre"),
        ("XT01234", "Maternity"),
    ]


def test_an_interval_without_a_date_is_told() -> None:
    answer = bring(named("ppm.xlsx"))
    assert answer["notes"] == ["1 device has a service interval but no date to count from: it gets no schedule."]
    assert device("T-0010")[1:5] == ("GE HealthCare", "Giraffe Omnibed", "HDGR50123", "NICU")
    assert Asset.objects.get(tag="T-0011").serial == "1109"


def test_words_typed_by_many_hands() -> None:
    bring(named("district.csv"))
    assert device("KMH-002")[:5] == ("Ventilator, intensive care", "Maquet", "servo i", "12346", "ICU")
    assert [device(f"KMH-00{n}")[0] for n in (3, 4, 5, 6, 8)] == [
        "Suction unit",
        "Non-invasive blood pressure monitor",
        "Patient monitor",
        "Surgical light",
        "Electrosurgical unit",
    ]
    assert device("KMH-005")[5] == Status.IN_SERVICE
    assert (schedule("KMH-005")[0], schedule("KMH-008")[0]) == (6, 12)


def test_kinds_of_device_between_the_rows() -> None:
    bring(named("by kind.csv"))
    kinds = Asset.objects.order_by("id").values_list("device_type__name", "department__name")
    assert list(kinds) == [
        ("Patient monitor", "ICU"),
        ("Patient monitor", "ER"),
        ("Infusion pump", "ICU"),
        ("Infusion pump", "ICU"),
        ("Sterilizer, steam", "CSSD"),
    ]


def test_numbered_titles_and_countries_behind_makers() -> None:
    bring(named("thiết bị.csv"))
    found = Asset.objects.order_by("id").values_list("department__name", "device_model__maker__name")
    assert list(found) == [("KHOA HỒI SỨC", "BD"), ("KHOA HỒI SỨC", "Terumo"), ("KHOA NGOẠI", "LED SpA/Ý")]


def test_american_dates() -> None:
    bring(named("equipment.csv"))
    assert device("00010236")[:2] == ("Patient monitor", "Philips")
    assert Asset.objects.get(tag="00010237").purchased_on == date(2019, 7, 4)
    assert schedule("00010237") == (6, "months", date(2023, 9, 14), date(2023, 9, 30))


def test_a_type_that_nobody_has_judged_gets_a_yearly_visit_and_says_so() -> None:
    data = b"Tag,Equipment,Make,Model\nA1,Quantum toaster,Acme,Q1\nA2,Ventilator,Maquet,Servo-i\n"
    bring(Register("toasters.csv", data, 2))
    unjudged = [plan for plan in propose_plans(by=System("test")) if plan.judged["score"] is None]
    assert [(plan.device_type.name, plan.interval) for plan in unjudged] == [("Quantum toaster", 12)]
    assert "A yearly visit until somebody has judged it." in unjudged[0].why
