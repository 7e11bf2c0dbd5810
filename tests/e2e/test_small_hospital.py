"""A small hospital with one technician: an empty house, a spreadsheet as it is, and the year's work from it."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import Locator, expect

from .conftest import LAPTOP, House
from .person import Person

pytestmark = pytest.mark.e2e
Visit = Callable[..., Person]

#: As a ward keeps its list: titles above the headings, three spellings of a maker, day first, words for "unknown",
#: a repeated row, a column whose heading says nothing, and sub-totals between the rows.
HEADINGS = ["Inv. no.", "Equipment", "Maker", "Model", "Serial no.", "Ward", "Purchased", "Remark 7"]
ROWS = [
    ["KL-001", "Infusion pump", "B. Braun", "Infusomat Space", "61001", "Women's ward", "13/01/2021", "FW 4.02"],
    ["KL-002", "Infusion pump", "BBraun", "Infusomat Space", "61002", "Women's ward", "05/02/2021", "FW 4.02"],
    ["KL-003", "Infusion pump", "B.BRAUN", "Infusomat Space", "61003", "Men's ward", "28/02/2021", "FW 4.11"],
    ["KL-003", "Infusion pump", "B.BRAUN", "Infusomat Space", "61003", "Men's ward", "28/02/2021", "FW 4.11"],
    ["Sub-total", None, None, None, None, None, None, 4],
    ["KL-004", "Defibrillator", "ZOLL", "R Series", "AF18K042", "Emergency", "n/a", None],
    ["KL-005", "Patient monitor", "Mindray", "uMEC10", "unknown", "Emergency", "17/06/2019", "-"],
    ["KL-006", "Patient monitor", "Mindray", "uMEC10", "KN7719", "Theatre", "31/31/2020", None],
    ["KL-007", "Suction pump", "Medela", "Basic 30", "1774201", "Theatre", "02/11/2018", None],
    ["KL-008", "Autoclave", "Tuttnauer", "3870EA", "2201-77", "Theatre", "22/04/2017", None],
    ["Total", 8, None, None, None, None, None, None],
]
#: Of the rows: how many devices they really are.
DEVICES = 8


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    book = Workbook()
    sheet = book.active
    for row in (["District hospital, list of equipment"], ["as of 1 March"], [], HEADINGS, *ROWS):
        sheet.append(row)
    path = tmp_path_factory.mktemp("register") / "equipment list FINAL (2).xlsx"
    book.save(path)
    return path


@pytest.fixture
def admin(visit: Visit, empty_house: House) -> Person:
    return visit(empty_house, "admin", LAPTOP)


def upload(person: Person, file: Path) -> None:
    person.open("/imports/new/")
    person.page.set_input_files("input[type=file]", file)
    person.press("Read the file")


def column(person: Person, heading: str) -> Locator:
    """The line of a column of the file on the page of columns."""
    return person.page.locator("tr", has=person.page.locator("td strong", has_text=re.compile(f"^{heading}$")))


def counts(person: Person) -> dict[str, int]:
    """The line of figures under the steps: rows = new + changed + unchanged + skipped + refused."""
    lines = person.page.locator(".count-line > div")
    return {
        line.locator("dt").inner_text().strip("=+ \u00a0").lower(): int(line.locator("dd").inner_text())
        for line in lines.all()
    }


def adds_up(found: dict[str, int]) -> bool:
    return found["rows"] == sum(found[name] for name in ("new", "changed", "unchanged", "skipped", "refused"))


def test_1_the_empty_house_says_what_to_do_first(admin: Person) -> None:
    admin.open("/devices/")
    expect(admin.main.get_by_role("link", name=re.compile("import", re.I)).first).to_be_visible()
    admin.open("/sites/new/")
    admin.page.get_by_label("Name", exact=True).fill("District hospital")
    admin.page.get_by_label("Code").fill("DH")
    admin.press(admin.page.locator("form .btn-primary"))
    admin.sees("District hospital")


def test_2_the_spreadsheet_comes_in_as_it_is_and_every_row_is_accounted_for(admin: Person, register: Path) -> None:
    upload(admin, register)
    line = column(admin, "Purchased")
    expect(line).to_contain_text("13/01/2021")
    expect(line.locator(".column-why")).to_contain_text(re.compile("day", re.I))
    remark = column(admin, "Remark 7").locator("select").first
    remark.select_option(remark.locator("option", has_text=re.compile("software", re.I)).first.get_attribute("value"))
    admin.press("Check every row")
    admin.sees("Nothing has been written yet", "How dates were read", "day first")
    foreseen = counts(admin)
    assert adds_up(foreseen) and foreseen["new"] == DEVICES
    admin.follow(admin.page.locator(".tabs a", has_text="New"))
    expect(admin.page.locator("#rows-shown tbody tr")).to_have_count(DEVICES)
    admin.press("Import now")
    admin.page.wait_for_url("**/result/")
    admin.look()
    assert counts(admin) == foreseen
    with admin.page.expect_download() as download:
        admin.page.get_by_role("link", name="All of them as CSV").click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        told = list(csv.reader(file))
    assert any("31/31/2020" in cell for row in told for cell in row)
    admin.follow("To the devices")
    assert admin.figures(admin.heading)[0] == DEVICES
    admin.scan("KL-001")
    admin.sees("FW 4.02", "13 Jan 2021", "Women's ward")


def test_3_the_same_file_again_changes_nothing(admin: Person, register: Path) -> None:
    upload(admin, register)
    admin.press("Check every row")
    found = counts(admin)
    assert (adds_up(found), found["new"], found["changed"]) == (True, 0, 0)
    assert found["unchanged"] == DEVICES
    expect(admin.page.get_by_role("button", name="Import now")).to_be_disabled()


def test_4_plans_are_proposed_put_in_force_and_make_the_years_work(admin: Person) -> None:
    admin.open("/plans/propose/")
    admin.press("Propose plans")
    proposed = admin.figures(admin.heading)[0]
    assert proposed > 0
    admin.follow(admin.page.locator("[data-row]", has_text="Defibrillator").locator(".row-link"))
    admin.sees("Why this plan")
    admin.press("Put in force")
    admin.follow("Make due work")
    admin.page.get_by_label("Until").fill((date.today() + timedelta(days=400)).isoformat())
    admin.press("Make the work")
    assert admin.figures(admin.heading)[0] > 0
    admin.follow("To the work")
    expect(admin.page.locator("[data-row]").first).to_contain_text("KL-004")


def test_5_the_register_leaves_again_as_csv(admin: Person) -> None:
    admin.open("/devices/")
    with admin.page.expect_download() as download:
        admin.page.locator("#csv-link").click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    tags = sorted(cell for row in rows for cell in row if re.fullmatch(r"KL-\d{3}", cell))
    assert tags == [f"KL-00{n}" for n in range(1, DEVICES + 1)]
