"""Every report × those who must not see it; one and three rows; CSV, XLSX, PDF and JSON hold the same rows."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import openpyxl
import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from tests import factories, world
from tests.factories import writes
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.platform.reports import files
from wardwright.platform.reports.answer import answer, cases_of
from wardwright.platform.reports.asking import asked_of
from wardwright.platform.reports.declaration import REPORTS, Audience, Frequency, Kind
from wardwright.platform.reports.jobs import mail_of
from wardwright.platform.reports.sheet import sheet_of

from .test_urls import client_of

pytestmark = pytest.mark.django_db
KEYS = sorted(REPORTS)
#: A number that a careless spreadsheet would run.
HOSTILE = "=1+cmd|' /C x'!A0"


def url_of(key: str, **query: str) -> str:
    return reverse("report", args=[key]) + (f"?{'&'.join(f'{k}={v}' for k, v in query.items())}" if query else "")


@pytest.mark.parametrize("key", KEYS)
def test_it_is_declared_in_full(key):
    report = REPORTS[key]
    keys = [column.key for column in report.columns]
    assert len(keys) == len(set(keys))
    assert str(report.title).endswith("?") and str(report.goal)
    assert report.audience in Audience and report.frequency in Frequency
    assert report.chart is None or report.figure(report.chart.figure) is not None
    assert report.group in ("", *[column.key for column in report.groups])
    assert [figure.key for figure in report.figures if not str(figure.formula)] == []
    assert {column.within for column in report.columns} - {""} <= set(keys)


@pytest.mark.parametrize("key", KEYS)
def test_anonymous_and_those_without_the_right_see_nothing(built, key):
    for name in ("report", "report-rows"):
        url = reverse(name, args=[key])
        assert Client().get(url)["Location"].startswith("/login/")
        assert client_of(factories.make_user(permissions=[])).get(url).status_code == 403
        assert client_of(factories.make_user(permissions=["reports.view"])).get(url).status_code == 403
        assert client_of(factories.make_user(permissions=[str(REPORTS[key].permission)])).get(url).status_code == 403


@pytest.mark.parametrize("key", KEYS)
def test_a_reader_at_one_site_gets_its_rows_only(built, key):
    report = REPORTS[key]
    for kind, scope_id in (("site", built.here.site_id), ("department", built.here.department_id)):
        reader = factories.make_user(permissions=["*"], scope=(kind, scope_id))
        everybody = factories.make_user(permissions=["*"])
        asked = asked_of(report, {})
        mine = [case.cells for case in cases_of(report, reader, asked)]
        world._rows_of_a_site()
        assert [case.cells for case in cases_of(report, reader, asked)] == mine
        assert {*map(str, mine)} <= {str(case.cells) for case in cases_of(report, everybody, asked)}


@pytest.fixture(scope="module")
def costs(built, request):
    """The rows of each report and the queries of its page, before and after two more sites came."""
    with transaction.atomic():
        client = client_of(world.administrator())
        items = [item for item in request.session.items if item.path == request.path and hasattr(item, "callspec")]
        keys = [item.callspec.params["key"] for item in items if item.originalname == THREE_ROWS]
        few = {key: cost_of(key, client) for key in keys}
        world.more()
        many = {key: cost_of(key, client) for key in keys}
        transaction.set_rollback(True)
    return few, many


def cost_of(key: str, client: Client) -> tuple[int, int]:
    client.get(url_of(key))
    with CaptureQueriesContext(connection) as queries:
        page = client.get(url_of(key))
    assert page.status_code == 200
    return page.context["count"], len(queries)


@pytest.mark.parametrize("key", KEYS)
def test_three_rows_cost_no_more_queries_than_one(costs, key):
    (few, before), (many, after) = (found[key] for found in costs)
    assert (after, many >= few) == (before, True)


THREE_ROWS = test_three_rows_cost_no_more_queries_than_one.__name__


@pytest.mark.parametrize("key", KEYS)
def test_every_file_holds_the_same_rows(built, key):
    report, reader = REPORTS[key], world.administrator()
    sheet = sheet_of(report, reader, asked_of(report, {}), url="http://house/reports/")
    plain = list(csv.reader(io.StringIO(files.csv_bytes(sheet).decode("utf-8-sig"))))
    with files.xlsx_file(sheet) as file:
        book = openpyxl.load_workbook(file, read_only=False)
    grid = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    data = json.loads(files.json_bytes(sheet))
    count = len(list(cases_of(report, reader, asked_of(report, {}))))
    assert [len(plain) - 1, len(grid) - 1, len(data["rows"])] == [count] * 3
    assert plain[0] == grid[0]
    assert [row[0] for row in plain[1:]] == [str(row[0] or "") for row in grid[1:]]
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(files.pdf_bytes(sheet))).pages)
    assert "".join(sheet.title.split()) in "".join(text.split())
    assert [row[0] for row in plain[1:] if "".join(row[0].split()) not in "".join(text.split())] == []


@pytest.mark.parametrize("key", KEYS)
def test_a_figure_is_the_sum_of_what_is_behind_it(built, key):
    report, reader = REPORTS[key], world.administrator()
    asked = asked_of(report, {})
    found = answer(report, reader, asked)
    client = client_of(reader)
    for figure in report.figures:
        cases = [case.counts.get(figure.key) for case in cases_of(report, reader, asked)]
        counted = [one for one in cases if one is not None and not isinstance(one, str)]
        tally = found.whole[figure.key]
        assert tally.amount == pytest.approx(sum(amount for amount, _of in counted))
        assert tally.of == pytest.approx(sum(of for _amount, of in counted))
        left_out = [one for one in cases if isinstance(one, str)]
        assert set(left_out) <= set(figure.left_out), figure.key
        assert sum(tally.left_out.values()) == len(left_out)
        groups = [tallies[figure.key].amount for tallies in found.groups.values()]
        assert not groups or sum(groups) == pytest.approx(tally.amount)
        for which in ("", "counted", "rest", *figure.left_out):
            rows = client.get(f"{reverse('report-rows', args=[key])}?figure={figure.key}&which={which}")
            assert rows.status_code == 200


class TestHostileRows:
    def sheet(self, built, number: str) -> Any:
        """The only waiting order has this number."""

        @writes
        def rename() -> None:
            WorkOrder.objects.filter(pk=built.here.values["work_order_id"]).update(number=number, state="on_hold")

        rename()
        report = REPORTS["waiting"]
        return sheet_of(report, world.administrator(), asked_of(report, {}), url="http://house")

    def test_a_formula_is_text_in_csv_and_xlsx(self, built):
        sheet = self.sheet(built, HOSTILE)
        lines = list(csv.reader(io.StringIO(files.csv_bytes(sheet).decode("utf-8-sig"))))
        assert lines[1][0] == "'" + HOSTILE
        with files.xlsx_file(sheet) as file:
            cell = openpyxl.load_workbook(file).worksheets[0]["A2"]
        assert (cell.data_type, cell.value) == ("s", HOSTILE)

    def test_markup_is_text_on_the_page_in_mail_and_on_paper(self, built):
        sheet = self.sheet(built, "<b>#x</b>")
        page = client_of(world.administrator()).get(url_of("waiting")).content.decode()
        assert "&lt;b&gt;#x&lt;/b&gt;" in page and "<b>#x" not in page
        assert "<b>#x" not in mail_of(sheet, "Waiting")["html"]
        text = PdfReader(io.BytesIO(files.pdf_bytes(sheet))).pages[0].extract_text()
        assert "<b>#x</b>" in text


class TestWhatIsAsked:
    @pytest.mark.parametrize(
        "query",
        ["from=yesterday", "period=for-ever", "by=colour", "site=x", "from=0001-01-01&to=9999-12-31"],
    )
    def test_what_cannot_be_read_is_refused_in_words(self, built, query):
        client = client_of(world.administrator())
        assert client.get(f"{url_of('repair-times')}?{query}").status_code == 422
        assert client.get(f"/api/v1/reports/repair-times?{query}").status_code == 422

    def test_unknown_reports_figures_and_formats(self, built):
        client = client_of(world.administrator())
        assert client.get("/reports/nothing/").status_code == 404
        assert client.get(url_of("repair-times", format="exe")).status_code == 404
        assert client.get(reverse("report-rows", args=["repair-times"]) + "?figure=x").status_code == 404

    def test_days_that_were_changed_win_over_the_period_that_was_shown(self):
        report = REPORTS["repair-times"]
        changed = {"period": "this-year", "was": "this-year", "from": "2026-02-01", "to": "2026-02-28"}
        asked = asked_of(report, changed)
        assert (asked.preset, asked.first.isoformat(), asked.last.isoformat()) == ("", "2026-02-01", "2026-02-28")
        assert asked_of(report, changed | {"was": "last-year"}).preset == "this-year"

    def test_a_kind_of_column_is_one_that_files_know(self):
        assert {column.kind for report in REPORTS.values() for column in report.columns} <= set(Kind)
