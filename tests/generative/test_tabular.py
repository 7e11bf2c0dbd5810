"""Whatever bytes come in, a table or a TableError comes out and no row is lost; what is written can be read back."""

import csv
import datetime as dt
import io
from decimal import Decimal

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from wardwright.kernel.names.companies import score_company
from wardwright.kernel.names.keys import digit_runs, model_key, name_key
from wardwright.kernel.names.models import score_model
from wardwright.kernel.names.types import match_type
from wardwright.kernel.tabular.dates import decide_date_order, parse_date
from wardwright.kernel.tabular.errors import TableError
from wardwright.kernel.tabular.headings import propose_mapping
from wardwright.kernel.tabular.patterns import extract_template, propose_patterns
from wardwright.kernel.tabular.read import read_table
from wardwright.kernel.tabular.table import ReadOptions
from wardwright.kernel.tabular.values import clean_text, parse_interval, parse_money

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
# What looks like a number to some and is none to others, and what is too long for one.
ODD = st.sampled_from(["²", "①", "PM ²", "m³", "²/³/2025", "①.②.2025", "20²5", "½", "Ⅷ", "٣", "٣ months", "9" * 5000])
CELL = st.one_of(
    TEXT,
    ODD,
    st.integers(-10, 10**6).map(str),
    st.sampled_from(["Total", "ICU", "N/A", "Serial", "12/03/2025", 'a"b', "x\ny"]),
)
DATES = st.dates(dt.date(1950, 1, 1), dt.date(2100, 12, 31))


@given(st.binary(max_size=400))
@example(b"PK\x05\x06" + bytes(18))
@example(b"\xff\xfe")
@example(b"\xef\xbb\xbf")
@example(b'"')
def test_any_bytes_give_a_table_or_a_table_error(data: bytes) -> None:
    try:
        table = read_table(data, "x")
    except TableError as error:
        assert error.what and error.remedy
    else:
        assert table.total_rows == len(table.rows) + len(table.set_aside) + len(table.heading_rows) > 0


@settings(max_examples=60)
@given(st.binary(min_size=1, max_size=40), st.integers(0, 5_000))
def test_a_damaged_workbook_never_breaks_out(damage: bytes, position: int) -> None:
    data = bytearray(_workbook())
    data[position % len(data) : position % len(data) + len(damage)] = damage
    try:
        assert read_table(bytes(data), "x.xlsx").rows is not None
    except TableError as error:
        assert error.remedy


def _workbook() -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((["Tag", "Serial"], [1, "A"], [2, "B"])):
            sheet.write_row(number, 0, row)
    return buffer.getvalue()


@given(st.lists(st.lists(CELL, min_size=2, max_size=6), min_size=1, max_size=15), st.sampled_from(",;\t|"))
def test_every_record_is_accounted_for_in_order(rows: list[list[str]], delimiter: str) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerow(["Asset No", "Serial Number", "Manufacturer", "Model", "Department", "Notes"])
    writer.writerows(rows)
    try:
        table = read_table(
            buffer.getvalue().encode(),
            "x.csv",
            options=ReadOptions(encoding="utf-8", delimiter=delimiter, heading_row=1),
        )
    except TableError as error:
        assert error.code == "no-rows"
        return
    numbers = sorted([*table.row_numbers, *(row.row_number for row in table.set_aside), *table.heading_rows])
    assert numbers == list(range(1, len(rows) + 2))
    for number, row in zip(table.row_numbers, table.rows, strict=True):
        written = [cell if cell.strip() else None for cell in rows[number - 2]]
        assert list(row) == written + [None] * (len(row) - len(written))


@given(
    DATES,
    st.sampled_from(["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%Y%m%d", "%Y/%m/%d"]),
)
def test_written_dates_are_read_back(date: dt.date, form: str) -> None:
    assert parse_date(date.strftime(form), "day-first").on == date


@given(st.lists(DATES, min_size=1, max_size=30), st.booleans())
def test_the_proved_order_is_the_true_one(dates: list[dt.date], day_first: bool) -> None:
    assume(any(date.day > 12 for date in dates))
    written = [date.strftime("%d/%m/%Y" if day_first else "%m/%d/%Y") for date in dates]
    order = decide_date_order(written)
    assert (order.order == "day-first", order.proved) == (day_first, True)
    assert [parse_date(text, order).on for text in written] == dates


@given(DATES)
def test_spreadsheet_serials_agree_with_day_counting(date: dt.date) -> None:
    assert parse_date((date - dt.date(1899, 12, 30)).days).on == (date if date < dt.date(2100, 1, 1) else None)


@given(
    st.decimals(Decimal("0.01"), Decimal("9999999.99"), places=2),
    st.sampled_from([(",", "."), (".", ","), (" ", ","), ("\u00a0", ","), ("'", "."), ("", ".")]),
)
def test_written_amounts_are_read_back(amount: Decimal, marks: tuple[str, str]) -> None:
    thousands, decimal = marks
    text = f"{amount:,.2f}".replace(",", "T").replace(".", decimal).replace("T", thousands)
    assert parse_money(f"{text} EUR").amount == amount


@given(st.one_of(TEXT, ODD, st.integers(), st.floats(), st.booleans(), st.none(), st.dates()))
def test_readers_of_cells_never_raise(cell: object) -> None:
    assert isinstance(clean_text(cell), str)
    assert clean_text(clean_text(cell)) == clean_text(cell)
    parse_money(cell)
    parse_interval(cell)
    assert parse_date(cell, "day-first").on is None or parse_date(cell, "day-first").problem == ""


@given(
    st.lists(st.one_of(TEXT, ODD), min_size=1, max_size=8), st.lists(st.lists(CELL, min_size=8, max_size=8), max_size=5)
)
def test_mapping_gives_each_column_one_guess_and_each_field_one_column(
    headings: list[str], rows: list[list[str]]
) -> None:
    guesses = propose_mapping(headings, [tuple(row) for row in rows])
    assert [g.index for g in guesses] == list(range(len(headings)))
    taken = [g.field for g in guesses if g.field not in (None, "ignore")]
    assert len(taken) == len(set(taken))
    assert all(0 <= g.confidence <= 1 and g.why for g in guesses)


@given(TEXT, TEXT)
def test_scores_are_fair(a: str, b: str) -> None:
    assert name_key(name_key(a)) == name_key(a)
    assert score_model(a, b) == score_model(b, a)
    assert score_company(a, b)[0] == score_company(b, a)[0]
    if digit_runs(model_key(a)) != digit_runs(model_key(b)):
        assert score_model(a, b)[0] == 0


@given(TEXT)
def test_any_equipment_name_gets_an_answer(text: str) -> None:
    match = match_type(text)
    assert (match.id is not None) == (match.kind in ("exact", "alias", "sure"))


@given(st.text(max_size=80), st.text(max_size=200))
def test_templates_and_notes_of_any_kind(template: str, note: str) -> None:
    found = extract_template(template, note) if template else None
    assert found is None or found in note
    assert all(0 < p.coverage <= 1 and 0 < p.unique <= 1 for p in propose_patterns([note, note]))
