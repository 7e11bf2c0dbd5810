"""What an import does with the rows of a register: new, changed, repeated, doubtful, refused."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import make_asset, make_company, make_department, make_model, make_site, make_type, make_user

from wardwright.apps.assets.models import Asset, AssetMove, DeviceModel, MergeCandidate, StatusPeriod
from wardwright.apps.assets.queries import search_text_of
from wardwright.apps.directory.models import Company, CompanyAlias, Department, Site
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Denied, Invalid, NotNow
from wardwright.platform.exchange import operations
from wardwright.platform.exchange.background import ask_commit, map_and_check
from wardwright.platform.exchange.operations import import_file
from wardwright.platform.exchange.reading import propose, read_bytes, target_of
from wardwright.platform.exchange.run import import_table, new_context, prepare
from wardwright.platform.jobs.worker import work

pytestmark = pytest.mark.django_db

HEAD = "Asset no,Type,Manufacturer,Model,Serial number,Department,Status,Notes\n"
PUMP = "P-1,Infusion pump,B. Braun,Infusomat Space,SN100001,ICU,In service,old\n"


def bring(text: str | bytes, by: Any = None, name: str = "register.csv", **given: Any) -> dict[str, Any]:
    data = text if isinstance(text, bytes) else text.encode()
    answer = import_file(by=by or System("test"), target="assets", data=data, file_name=name, **given)
    assert answer["rows"] == sum(answer[k] for k in ("imported", "updated", "unchanged", "skipped", "refused"))
    return answer


def outcome(answer: dict[str, Any]) -> tuple[int, ...]:
    return tuple(answer[k] for k in ("imported", "updated", "unchanged", "skipped", "refused"))


# New devices ---------------------------------------------------------------------------------------------------------


def test_a_new_device_has_its_place_its_status_and_what_it_is_found_by() -> None:
    assert outcome(bring(HEAD + PUMP)) == (1, 0, 0, 0, 0)
    asset = Asset.objects.with_names().get()
    assert (asset.tag, asset.serial, asset.device_type.name, asset.department.name) == (
        "P-1",
        "SN100001",
        "Infusion pump",
        "ICU",
    )
    assert asset.search_text == search_text_of(asset)
    assert (
        asset.risk_score == asset.device_type.fs_function + asset.device_type.fs_risk + asset.device_type.fs_maintenance
    )
    move, period = AssetMove.objects.get(), StatusPeriod.objects.get()
    assert (move.asset_id, move.department_id, move.note) == (asset.pk, asset.department_id, "From register.csv")
    assert (period.asset_id, period.status, period.until_at) == (asset.pk, "in_service", None)


def test_the_whole_file_is_one_change() -> None:
    before = AuditChange.objects.count()
    bring(HEAD + PUMP + PUMP.replace("P-1", "P-2").replace("SN100001", "SN100002"))
    assert AuditChange.objects.count() == before + 1


def test_a_device_without_a_number_gets_the_next_free_one_and_is_found_again_by_its_serial_number() -> None:
    text = "Type,Manufacturer,Model,Serial number\nInfusion pump,BD,Alaris 8100,X77\n"
    bring(text)
    assert Asset.objects.get().tag == "EQ-000001"
    assert outcome(bring(text)) == (0, 0, 1, 0, 0)


def test_devices_without_any_number_are_counted_and_not_doubled() -> None:
    text = "Type,Manufacturer,Model,Department\n" + "Patient scale,Tanita,WB-380,ICU\n" * 3
    assert outcome(bring(text)) == (3, 0, 0, 0, 0)
    assert outcome(bring(text)) == (0, 0, 3, 0, 0)
    assert outcome(bring(text + "Patient scale,Tanita,WB-380,ICU\n")) == (1, 0, 3, 0, 0)


@pytest.mark.parametrize("odd", ["²", "①", "20²5", "²/³/2025", "½", "٣", "9" * 5000, "PM ²"])
def test_what_only_looks_like_a_number_is_read_as_the_text_it_is(odd: str) -> None:
    """In any column, as a heading too; such a cell once ended the whole import."""
    head = f"Asset no,Type,Manufacturer,Model,Serial number,Installed,PM interval,{odd},Next PM,Cost\n"
    rows = "".join(f"Q-{n},Infusion pump,B. Braun,Infusomat,S{n},{odd},{odd},{odd},{odd},{odd}\n" for n in range(3))
    assert bring(head + rows)["rows"] == 3
    page = f'<table><tr><th colspan="{odd}">Asset no</th><th>Type</th></tr><tr><td>X-1</td><td>Pump</td></tr></table>'
    assert bring(page.encode(), name="register.xls")["rows"] == 1


def test_status_words_of_other_languages_are_understood_and_unknown_ones_are_told() -> None:
    text = (
        "Asset no,Equipo,Marca,Modelo,Estado\nE-1,Ventilador,BD,V1,Fuera de servicio\n"
        "E-2,Ventilador,BD,V1,en reparación\nE-3,Ventilador,BD,V1,blub\n"
    )
    answer = bring(text)
    rows = list(Asset.objects.order_by("tag").values_list("status", "out_reason", "condition"))
    assert rows == [("out_of_service", "", 2), ("out_of_service", "under_repair", 2), ("in_service", "", 1)]
    assert answer["warnings"] == {"This word is not known here.": 1}


def test_places_are_taken_apart_and_made_at_their_site() -> None:
    bring("Tag,Type,Model,Location\nL-1,Ventilator,V1,North / ER / 424\nL-2,Ventilator,V1,north/ER /424\n")
    assert [site.name for site in Site.objects.all()] == ["North"]
    assert Department.objects.count() == 1
    assert len(set(Asset.objects.values_list("site_id", "department_id", "room_id"))) == 1


# Devices that are there ----------------------------------------------------------------------------------------------


def test_an_empty_cell_never_erases_anything() -> None:
    bring(HEAD + PUMP)
    answer = bring(HEAD + "P-1,Infusion pump,B. Braun,Infusomat Space,,,,n/a\n")
    assert outcome(answer) == (0, 0, 1, 0, 0)
    asset = Asset.objects.get()
    assert (asset.serial, asset.department.name, asset.notes) == ("SN100001", "ICU", "old")


def test_a_changed_cell_is_shown_before_and_after_and_written() -> None:
    bring(HEAD + PUMP)
    text = HEAD + PUMP.replace("ICU", "ER").replace("old", "new")
    table = read_bytes(text.encode(), "r.csv")
    target, decided = propose(table, target_of("assets"))
    prepared = prepare(table, target, decided, new_context(System("t"), table, "r.csv", None))
    assert [tuple(d) for d in prepared.plan.differences[0]] == [("notes", "old", "new"), ("department", "ICU", "ER")]
    bring(text)
    asset = Asset.objects.get()
    assert (asset.department.name, asset.notes, asset.version) == ("ER", "new", 2)
    assert AssetMove.objects.count() == 2


def test_a_status_is_changed_only_along_the_transition_table() -> None:
    bring(HEAD + PUMP)
    bring(HEAD + PUMP.replace("In service", "Scrapped"))
    assert Asset.objects.get().status == "in_service"
    bring(HEAD + PUMP.replace("In service", "Out of order"))
    asset = Asset.objects.get()
    assert (asset.status, asset.condition) == ("out_of_service", 2)
    periods = StatusPeriod.objects.order_by("id")
    assert [(p.status, p.until_at is None) for p in periods] == [("in_service", False), ("out_of_service", True)]


def test_a_quarantine_is_not_lifted_by_a_spreadsheet() -> None:
    model = make_model(name="V1")
    make_asset(tag="Q-1", serial="S1", status="quarantined", device_model=model)
    answer = bring(
        f"Tag,Type,Manufacturer,Model,Status\nQ-1,{model.device_type.name},{model.maker.name},V1,In service\n"
    )
    assert Asset.objects.get().status == "quarantined"
    assert sum(answer["warnings"].values()) == 1


def test_a_row_that_names_no_site_leaves_a_device_where_it_is() -> None:
    make_site(name="First")
    other = make_site(name="Second")
    model = make_model(name="V1")
    make_asset(tag="S-1", device_model=model, site=other, department=make_department(site=other, name="ICU"))
    text = f"Tag,Type,Manufacturer,Model,Department\nS-1,{model.device_type.name},{model.maker.name},V1,icu\n"
    assert outcome(bring(text)) == (0, 0, 1, 0, 0)
    assert bring(text.replace("icu", "ER"))["unchanged"] == 1
    assert Asset.objects.get().site_id == other.pk


# Doubt ---------------------------------------------------------------------------------------------------------------


def test_a_number_that_belongs_to_another_serial_number_is_refused() -> None:
    bring(HEAD + PUMP)
    answer = bring(HEAD + PUMP.replace("SN100001", "SN999999"))
    assert outcome(answer) == (0, 0, 0, 0, 1)
    assert list(answer["reasons"]) == ["The asset number is in the register for a device with another serial number."]
    assert Asset.objects.get().serial == "SN100001"


def test_an_exact_repeat_is_skipped_and_one_with_other_values_refused() -> None:
    answer = bring(HEAD + PUMP + PUMP + PUMP.replace("ICU", "ER"))
    assert outcome(answer) == (1, 0, 0, 1, 1)
    assert answer["reason_rows"] == {
        "The row repeats an earlier one.": [3],
        "The device stands in an earlier row with other values.": [4],
    }


def test_the_same_serial_number_under_another_number_becomes_a_question() -> None:
    bring(HEAD + PUMP)
    answer = bring(HEAD + PUMP.replace("P-1", "OTHER-1"))
    assert (outcome(answer), answer["near_duplicates"]) == ((1, 0, 0, 0, 0), 1)
    pair = MergeCandidate.objects.get(kind="asset")
    assert {pair.left_name, pair.right_name} == {"P-1", "OTHER-1"}


def test_a_sure_spelling_becomes_an_alias_and_an_unsure_one_a_question() -> None:
    make_company(name="Kestrel Dynamics", key="kestrel dynamics")
    bring(
        "Tag,Type,Manufacturer,Model\nK-1,Ventilator,Kestrel Dynamcis,V1\n"
        "K-2,Ventilator,Kestrel Dynamics Medical Systems,V2\n"
    )
    assert CompanyAlias.objects.get().spelling == "Kestrel Dynamcis"
    assert [c.kind for c in MergeCandidate.objects.filter(kind="company")] == ["company"]
    assert Company.objects.filter(is_maker=True).count() == 2


def test_related_makers_stay_apart() -> None:
    bring(
        "Tag,Type,Manufacturer,Model\nM-1,Ventilator,MAQUET,Servo-i\nM-2,Sterilizer,GETINGE,HS66\n"
        "M-3,Monitor,GE,B40\nM-4,Monitor,DATEX OHMEDA,S5\n"
    )
    assert Company.objects.filter(is_maker=True).count() == 4
    assert MergeCandidate.objects.filter(kind="company").count() == 0


def test_models_whose_numbers_differ_are_two() -> None:
    bring(
        "Tag,Type,Manufacturer,Model\nM-1,Monitor,Philips,IntelliVue MP30\n"
        "M-2,Monitor,Philips,INTELLIVUE-MP 30\nM-3,Monitor,Philips,IntelliVue MP50\n"
    )
    assert sorted(DeviceModel.objects.values_list("name", flat=True)) == ["IntelliVue MP30", "IntelliVue MP50"]


def test_a_row_that_names_no_kind_of_device_is_refused() -> None:
    answer = bring(HEAD + "X-1,,,,12345,ICU,In service,\n")
    assert outcome(answer) == (0, 0, 0, 0, 1)
    assert Department.objects.count() == 0


# Who may ------------------------------------------------------------------------------------------------------------


def test_rows_outside_the_importers_reach_are_refused() -> None:
    mine, theirs = make_site(name="Mine"), make_site(name="Theirs")
    by = make_user(permissions=["assets.import", "assets.view"], scope=("site", mine.pk))
    text = "Tag,Type,Model,Site\nA-1,Ventilator,V1,Mine\nA-2,Ventilator,V1,Theirs\nA-3,Ventilator,V1,Nowhere yet\n"
    assert outcome(bring(text, by=by)) == (1, 0, 0, 0, 2)
    assert [a.site_id for a in Asset.objects.all()] == [mine.pk]
    make_asset(tag="T-9", site=theirs, device_model=DeviceModel.objects.get())
    assert outcome(bring("Tag,Type,Model,Notes\nT-9,Ventilator,V1,taken\n", by=by)) == (0, 0, 0, 0, 1)


def test_without_the_permission_nothing_is_written() -> None:
    make_site()
    with pytest.raises(Denied):
        bring(HEAD + PUMP, by=make_user(permissions=["assets.view"]))
    assert (Asset.objects.count(), Company.objects.count()) == (0, 0)


def test_a_plan_that_others_overtook_is_made_anew() -> None:
    text = HEAD + PUMP
    table = read_bytes(text.encode(), "r.csv")
    target, decided = propose(table, target_of("assets"))
    prepared = prepare(table, target, decided, new_context(System("t"), table, "r.csv", None))
    bring(text)
    again = import_table(by=System("t"), prepared=prepared)
    assert again.plan.counts() == {"new": 0, "changed": 0, "same": 1, "skipped": 0, "refused": 0}
    assert Asset.objects.count() == 1


# Bad files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "picture"),
        (b"%PDF-1.4\n", "PDF"),
        (b"<html><table></table></html>", "web page"),
        (b"Tag,Type\n", "no rows"),
        (b"PK\x03\x04" + b"\x00" * 30, "damaged"),
    ],
)
def test_what_is_no_register_is_refused_with_words(data: bytes, word: str) -> None:
    with pytest.raises(Invalid) as refused:
        bring(data)
    assert word in str(refused.value)
    assert refused.value.way_forward != ""


def test_a_zip_bomb_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (1100 * 1024 * 1024 // 1))
    with pytest.raises(Invalid) as refused:
        bring(packed.getvalue(), name="r.xlsx")
    assert "unpacks to more than is allowed" in str(refused.value)


def test_a_formula_is_text_and_leaves_the_house_harmless(tmp_path: Path) -> None:
    bring(HEAD + PUMP.replace("old", '"=HYPERLINK(""http://x"")"'))
    assert Asset.objects.get().notes == '=HYPERLINK("http://x")'
    bring(HEAD + PUMP.replace("In service", "=1+1").replace("P-1", "P-2"), error_file=tmp_path / "errors.csv")
    lines = (tmp_path / "errors.csv").read_text("utf-8-sig").splitlines()
    assert lines[1].split(",")[3] == "'=1+1"
    assert all(not cell.startswith(("=", "+", "@")) for line in lines for cell in line.split(","))


def test_a_missing_file_and_an_unknown_site_are_said() -> None:
    with pytest.raises(Invalid, match="cannot be opened"):
        import_file(by=System("t"), target="assets", path="/nowhere/register.csv")
    with pytest.raises(Invalid, match="There is no site"):
        bring(HEAD + PUMP, site_code="NONE")


def test_a_dry_run_changes_nothing() -> None:
    answer = bring(HEAD + PUMP, dry_run=True)
    assert (outcome(answer), Asset.objects.count(), Company.objects.count()) == ((1, 0, 0, 0, 0), 0, 0)


def test_columns_can_be_corrected() -> None:
    text = "Code,What,Who made it\nC-1,Ventilator,BD\n"
    answer = bring(text, mapping={"Code": "tag", "What": "type", "Who made it": "maker"})
    assert (outcome(answer), Asset.objects.get().tag) == ((1, 0, 0, 0, 0), "C-1")
    with pytest.raises(Invalid, match="There is no column"):
        bring(text, mapping={"Kode": "tag"})


# Cost ----------------------------------------------------------------------------------------------------------------


def test_the_number_of_queries_does_not_grow_with_the_rows() -> None:
    def rows(start: int, count: int) -> str:
        return HEAD + "".join(
            PUMP.replace("P-1", f"P-{n}").replace("SN100001", f"SN{n:06d}") for n in range(start, start + count)
        )

    bring(rows(0, 1))
    counts = []
    for start, count in ((10, 3), (100, 60)):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            bring(rows(start, count))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_session_is_imported_once_and_its_file_is_kept() -> None:
    by = System("test")
    session = operations.start_session(by=by, target="assets", file_name="r.csv", data=(HEAD + PUMP).encode())
    operations.dry_run(by=by, session_id=session.pk)
    done = operations.commit_session(by=by, session_id=session.pk)
    again = operations.commit_session(by=by, session_id=session.pk)
    assert (done.state, again.counts["imported"], Asset.objects.count()) == ("done", 1, 1)


def test_dates_of_a_column_decide_each_other() -> None:
    text = (
        "Tag,Type,Model,Purchase date\nD-1,Ventilator,V1,03/04/2020\nD-2,Ventilator,V1,13/01/2025\n"
        "D-3,Ventilator,V1,45845\n"
    )
    bring(text)
    assert list(Asset.objects.order_by("tag").values_list("purchased_on", flat=True)) == [
        date(2020, 4, 3),
        date(2025, 1, 13),
        date(2025, 7, 7),
    ]


def test_a_catalogue_row_without_a_model_is_refused_and_types_get_their_codes() -> None:
    head = "primary_di,company,version_model,gmdn_pt_name,fda_product_code\n"
    make_type(name="Something else")
    answer = bring(
        head + "00841447100072,INVACARE CORPORATION,XPO100B,Portable oxygen concentrator,CAW\n"
        "00841447100065,INVACARE CORPORATION,,Portable oxygen concentrator,CAW\n"
    )
    assert (answer["target"], outcome(answer)) == ("models", (1, 0, 0, 0, 1))
    assert DeviceModel.objects.get().device_type.fda_product_code == "CAW"


def test_a_file_of_which_nothing_is_understood_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        bring("Colour,Weight\nred,3\nblue,4\n")
    assert "Colour, Weight" in str(refused.value)


def test_a_large_file_is_checked_and_imported_by_a_worker() -> None:
    by = make_user(permissions=["assets.import", "assets.view"])
    make_site()
    session = operations.start_session(by=by, target="assets", file_name="r.csv", data=(HEAD + PUMP).encode())
    waiting = map_and_check(by=by, session_id=session.pk, decided={"columns": session.mapping}, large_rows=0)
    assert waiting.state == "reading"
    work(stop=lambda: False, once=True)
    session.refresh_from_db()
    assert (session.state, session.counts["imported"], Asset.objects.count()) == ("checked", 1, 0)
    ask_commit(by=by, session_id=session.pk)
    work(stop=lambda: False, once=True)
    session.refresh_from_db()
    assert (session.state, Asset.objects.count()) == ("done", 1)


def test_what_another_owner_gave_up_or_finished_cannot_be_started() -> None:
    by = System("test")
    session = operations.start_session(by=by, target="assets", file_name="r.csv", data=(HEAD + PUMP).encode())
    with pytest.raises(NotNow):
        ask_commit(by=by, session_id=session.pk)
    operations.dry_run(by=by, session_id=session.pk)
    operations.commit_session(by=by, session_id=session.pk)
    with pytest.raises(NotNow):
        operations.set_mapping(by=by, session_id=session.pk, columns=session.mapping)
