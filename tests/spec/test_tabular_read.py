"""Reading tables: what is a heading, what is data, what is set aside, and what is refused and how."""

import io
import struct
import zipfile
import zlib

import pytest
import xlsxwriter

from wardwright.kernel.tabular.errors import TableError
from wardwright.kernel.tabular.read import read_table
from wardwright.kernel.tabular.table import ReadOptions, Table

SPANISH = (
    "Código;Equipo;Marca;Modelo;Número de serie;Ubicación\n1;Bomba de infusión;Baxter;AK 98;A1;UCI\n"
    "2;Electrobisturí;Erbe;VIO;B2;Quirófano\n"
)


def workbook(*sheets: tuple[str, list[list]], merges: tuple[tuple[int, int, int, int, str], ...] = ()) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            for first_row, first_column, last_row, last_column, text in merges:
                sheet.merge_range(first_row, first_column, last_row, last_column, text)
    return buffer.getvalue()


def numbered(table: Table) -> dict[int, str]:
    return dict(zip(table.row_numbers, [str(row[0]) for row in table.rows], strict=True))


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_encodings_give_the_same_table(encoding: str, found: str) -> None:
    table = read_table(SPANISH.encode(encoding), "lista.csv")
    assert (table.encoding, table.delimiter, table.headings[4]) == (found, ";", "Número de serie")
    assert table.rows[1] == ("2", "Electrobisturí", "Erbe", "VIO", "B2", "Quirófano")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Инвентарный номер;Наименование;Модель;Заводской номер\n1;Дефибриллятор;LP20;77\n", "cp1251"),
        ("设备编号,设备名称,型号,序列号\n1,呼吸机,V500,77\n2,输液泵,SN50,78\n", "gb18030"),
        ("رقم الجهاز;اسم الجهاز;الموديل;الرقم التسلسلي\n1;جهاز تنفس;V500;77\n", "cp1256"),
        (
            "Numer inwentarzowy;Nazwa urządzenia;Producent;Numer seryjny\n1;Pompa strzykawkowa;Żółty łącznik;77\n",
            "cp1250",
        ),
        ("Sicil No;Cihaz adı;Markası;Seri numarası\n1;Ameliyat ışığı;Şişli Gıda;7\n", "cp1254"),
    ],
)
def test_legacy_encodings_are_told_apart(text: str, encoding: str) -> None:
    table = read_table(text.encode(encoding), "x.csv")
    assert (table.encoding, table.headings) == (encoding, tuple(text.split("\n")[0].replace(",", ";").split(";")))
    assert table.warnings == (f"The encoding was guessed as {encoding}; check letters with accents.",)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter: str) -> None:
    lines = [["Tag", "Serial", "Model"], ["1", "S, 1", "A;B"], ["2", "S2", "C|D"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    table = read_table(text.encode(), "x.txt")
    assert (table.delimiter, table.rows) == (delimiter, [("1", "S, 1", "A;B"), ("2", "S2", "C|D")])


def test_decimal_commas_do_not_win_over_semicolons() -> None:
    assert read_table(b"Dept;Cost\nICU;1,50\nER;2,75\nOR;3,25\n", "x.csv").delimiter == ";"


def test_sep_line_is_obeyed_and_accounted_for() -> None:
    table = read_table(b"sep=;\nTag;Serial\n1;S1\n", "x.csv")
    assert (table.delimiter, table.heading_row, table.rows, table.set_aside_counts) == (
        ";",
        2,
        [("1", "S1")],
        {"title": 1},
    )


def test_newline_in_quotes_is_one_row() -> None:
    table = read_table(b'Tag,Notes,Serial\n1,"two\r\nlines",S1\n2,,S2\n', "x.csv")
    assert table.rows == [("1", "two\r\nlines", "S1"), ("2", None, "S2")]
    assert table.row_numbers == [2, 3]


def test_rows_that_are_no_data_are_set_aside_and_every_row_is_accounted_for() -> None:
    text = """City Hospital,,,,
,,,,
Asset No,Equipment,Manufacturer,Serial Number,Department
1,Ventilator,Maquet,S1,ICU
,,,,
Surgery,,,,
2,Monitor,Philips,S2,OR
,Subtotal: 2 items,,,
Asset No,Equipment,Manufacturer,Serial Number,Department
3,Defibrillator,Zoll,S3,ER
4,,,,
Total,,,3,
"""
    table = read_table(text.encode(), "x.csv")
    assert numbered(table) == {4: "1", 7: "2", 10: "3"}
    assert [(row.row_number, row.kind) for row in table.set_aside] == [
        (1, "title"),
        (2, "blank"),
        (5, "blank"),
        (6, "section"),
        (8, "sub-total"),
        (9, "repeated heading"),
        (11, "blank"),
        (12, "sub-total"),
    ]
    assert (table.heading_row, table.total_rows) == (3, 12)
    assert table.sections() == [None, "Surgery", "Surgery"]


@pytest.mark.parametrize(
    "word",
    ["TOTAL", "Sub-total", "Tổng cộng", "合计", "المجموع", "Gesamt", "Sous-total", "Totale", "Итого", "Toplam: 12"],
)
def test_total_rows_in_many_languages(word: str) -> None:
    table = read_table(f"Tag,Serial,Model,Maker,Cost\n1,S1,A,Zoll,5\n{word},,,,5\n".encode(), "x.csv")
    assert (len(table.rows), table.set_aside_counts) == (1, {"sub-total": 1})


def test_two_heading_rows_are_joined() -> None:
    text = (
        "No,Equipment,Serial,PPM Q1,,PPM Q2,\n,,,Date,Engineer,Date,Engineer\n1,ECG,S1,01/02/2025,ENG,01/05/2025,ENG\n"
    )
    table = read_table(text.encode(), "x.csv")
    assert table.headings == (
        "No",
        "Equipment",
        "Serial",
        "PPM Q1 Date",
        "PPM Q1 Engineer",
        "PPM Q2 Date",
        "PPM Q2 Engineer",
    )
    assert (table.heading_rows, len(table.rows)) == ((1, 2), 1)


def test_first_data_row_is_not_taken_for_a_second_heading_row() -> None:
    table = read_table(b"Department,Equipment,,Maker\nICU,Ventilator,spare,Maquet\nER,Monitor,,Philips\n", "x.csv")
    assert (table.heading_rows, len(table.rows)) == ((1,), 2)
    assert table.headings == ("Department", "Equipment", "Column C", "Maker")


def test_no_heading_row() -> None:
    table = read_table(b"1001,7788123,12/03/2020\n1002,7788124,13/03/2020\n", "x.csv")
    assert (table.heading_rows, table.headings, len(table.rows)) == ((), ("Column A", "Column B", "Column C"), 2)
    assert "No heading row was found: the columns are named by letters." in table.warnings


def test_repeated_headings_are_numbered() -> None:
    assert read_table(b"Tag,Date,Date\n1,a,b\n", "x.csv").headings == ("Tag", "Date", "Date (2)")


def test_the_user_s_word_is_obeyed() -> None:
    data = "Tag|Gerät\n1|x\n".encode("cp850")
    options = ReadOptions(encoding="cp850", delimiter="|", heading_row=1)
    table = read_table(data, "x.csv", options=options)
    assert (table.encoding, table.headings, table.rows) == ("cp850", ("Tag", "Gerät"), [("1", "x")])
    assert read_table(data, "x.csv", options=ReadOptions(heading_row=0)).total_rows == 2


def test_workbook_chooses_the_sheet_with_the_register_and_names_the_others() -> None:
    rows = [["Asset No", "Equipment", "Serial No"], [2067, "ECG", "S1"], [2068.5, "ECG", "S2"]]
    data = workbook(("Read me", [["Instructions"], ["Fill in the list"]]), ("ICU", rows), ("ER", rows))
    table = read_table(data, "list.xlsx")
    assert (table.kind, table.sheet, table.rows[0]) == ("xlsx", "ICU", (2067, "ECG", "S1"))
    assert [(s.name, s.row_count, s.used) for s in table.sheets] == [
        ("Read me", 2, False),
        ("ICU", 3, True),
        ("ER", 3, False),
    ]
    assert table.warnings == ("Not read, because they hold no list of this kind or repeat it: Read me, ER.",)
    assert read_table(data, "list.xlsx", options=ReadOptions(sheet="ER")).sheet == "ER"


def test_cells_merged_downwards_count_for_every_row() -> None:
    rows = [["Department", "Equipment", "Serial No"], ["", "ECG", "S1"], ["", "AED", "S2"], ["ER", "AED", "S3"]]
    table = read_table(workbook(("A", rows), merges=((1, 0, 2, 0, "ICU"),)), "x.xlsx")
    assert [row[0] for row in table.rows] == ["ICU", "ICU", "ER"]


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return buffer.getvalue()


def far_cell(reference: str) -> bytes:
    sheet = f'<worksheet><sheetData><row r="1"><c r="{reference}" t="n"><v>1</v></c></row></sheetData></worksheet>'
    return zipped(xl__workbook_xml=b"<workbook/>", xl__worksheets__sheet1_xml=sheet.encode())


def lying_bomb() -> bytes:
    """The archive says that the sheet has 10 bytes; it unpacks to 30 MB."""
    data = bytearray(zipped(xl__workbook_xml=b"<workbook/>", xl__worksheets__sheet1_xml=b"0" * 30_000_000))
    position = data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 4)
    struct.pack_into("<I", data, position + 24, 10)
    return bytes(data)


BAD = {
    "empty": (b"", "empty"),
    "only blanks": (b" \n\n ", "empty"),
    "only delimiters": (b",,,\n,,,\n", "empty"),
    "headings only": (b"Tag,Serial,Model\n", "no-rows"),
    "NUL": (b"Tag,Serial\n" + b"a,b\n" * 5000 + b"x\x00y,z\n", "nul"),
    "binary": (bytes(range(256)) * 20, "binary"),
    "compressed noise": (zlib.compress(bytes(range(256)) * 50)[2:], "binary"),
    "PDF": (b"%PDF-1.7\n...", "not-a-table"),
    "PNG": (b"\x89PNG\r\n\x1a\n0000", "not-a-table"),
    "gzip": (b"\x1f\x8b\x08\x00aaaa", "not-a-table"),
    "web page": (b"<html><table><tr><td>1</td></tr></table></html>", "markup"),
    "open quote": (b'Tag,Notes\n1,a\n2,"never closed\n3,c\n', "open-quote"),
    "giant cell": (b'Tag,Notes\n1,"' + b"x" * 200_000 + b'"\n', "open-quote"),
    "too wide": (b",".join([b"x"] * 1500) + b"\n", "too-wide"),
    "cut-off workbook": (workbook(("A", [["Tag"], [1]]))[:-900], "truncated"),
    "only a signature": (b"PK\x03\x04", "truncated"),
    "plain zip": (zipped(a=b"x"), "zip-not-workbook"),
    "word document": (zipped(word__document_xml=b"<w/>"), "not-a-table"),
    "not really a workbook": (zipped(xl__workbook_xml=b"junk", xl__worksheets__sheet1_xml=b"junk"), "workbook"),
    "far column": (far_cell("XFD1"), "too-wide"),
    "far row": (far_cell("A1048576"), "too-many-rows"),
    "lying bomb": (lying_bomb(), "zip-bomb"),
    "encrypted": (
        bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600,
        "encrypted",
    ),
    "broken old workbook": (bytes.fromhex("d0cf11e0a1b11ae1") + b"\xff" * 2000, "workbook"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_with_a_message(name: str) -> None:
    data, code = BAD[name]
    with pytest.raises(TableError) as caught:
        read_table(data, "../../etc/bad.xlsx", options=ReadOptions(max_unpacked_bytes=20_000_000))
    assert (caught.value.code, caught.value.where) == (code, "bad.xlsx")
    assert caught.value.what.endswith(".") and caught.value.remedy.endswith(".")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (ReadOptions(encoding="utf-8"), "encoding-wrong"),
        (ReadOptions(encoding="klingon"), "encoding-unknown"),
        (ReadOptions(heading_row=99), "heading-row"),
        (ReadOptions(delimiter="::"), "delimiter"),
        (ReadOptions(max_bytes=10), "too-large"),
        (ReadOptions(max_rows=2), "too-many-rows"),
    ],
)
def test_options_that_do_not_fit_say_so(options: ReadOptions, code: str) -> None:
    with pytest.raises(TableError) as caught:
        read_table(SPANISH.encode("cp1252"), "x.csv", options=options)
    assert caught.value.code == code


def test_unknown_sheet_names_the_sheets() -> None:
    with pytest.raises(TableError) as caught:
        read_table(workbook(("Equipment", [["Tag"], [1]])), "x.xlsx", options=ReadOptions(sheet="Nope"))
    assert (caught.value.code, caught.value.remedy) == ("sheet-unknown", "Choose one of: Equipment.")


def test_open_quote_names_its_row() -> None:
    with pytest.raises(TableError, match="row 3"):
        read_table(BAD["open quote"][0], "x.csv")


def test_loose_quotation_marks_are_kept_and_reported() -> None:
    table = read_table(b'Tag,Model,Serial\n1,15" monitor,S1\n2,"a"b,S2\n', "x.csv")
    assert table.rows == [("1", '15" monitor', "S1"), ("2", "ab", "S2")]
    assert table.warnings == ("Row 3: a quotation mark inside a cell was not doubled; it was kept as it stands.",)


def open_document(rows: str) -> bytes:
    names = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"' for prefix in ("office", "table", "text")
    )
    content = (
        f'<office:document-content {names}><office:body><office:spreadsheet><table:table table:name="A">{rows}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    manifest = {"META-INF/manifest.xml": b"<manifest/>"}
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return zipped(mimetype=kind, content_xml=content.encode(), **manifest)


def text_cell(text: str, attributes: str = "") -> str:
    return f'<table:table-cell {attributes} office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def text_row(*texts: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(map(text_cell, texts))}</table:table-row>"


def test_open_document_sheet_with_the_usual_million_empty_rows() -> None:
    empty = '<table:table-cell table:number-columns-repeated="1024"/>'
    tail = f'<table:table-row table:number-rows-repeated="1048574">{empty}</table:table-row>'
    table = read_table(open_document(text_row("Tag", "Serial", "Model") + text_row("1", "S", "M") + tail), "x.ods")
    assert (table.kind, table.headings, table.rows) == ("ods", ("Tag", "Serial", "Model"), [("1", "S", "M")])


@pytest.mark.parametrize(
    ("bomb", "code"),
    [
        (text_row("x", attributes='table:number-rows-repeated="1048000"'), "too-many-rows"),
        (
            "<table:table-row>" + text_cell("x", 'table:number-columns-repeated="16000"') + "</table:table-row>",
            "too-wide",
        ),
    ],
)
def test_open_document_bombs(bomb: str, code: str) -> None:
    with pytest.raises(TableError) as caught:
        read_table(open_document(text_row("Tag", "Serial") + bomb), "x.ods")
    assert caught.value.code == code


def test_a_bed_called_totalcare_is_no_total() -> None:
    text = "Tag,Equipment,Model,Serial,Dept,Maker\n1,Bed,P500,S1,ICU,Hill-Rom\n,Bed,TotalCare,S2,,\nTotal ICU,,,,2,\n"
    table = read_table(text.encode(), "x.csv")
    assert (table.row_numbers, table.set_aside_counts) == ([2, 3], {"sub-total": 1})


WARD = ["Asset No", "Equipment", "Serial No", "Status"]


def test_sheets_with_the_same_headings_are_one_table() -> None:
    """Columns may stand in another order, further ones come behind; rows are named as a spreadsheet names them."""
    icu = [["Intensive care"], WARD, [1, "ECG", "S1", "ok"], [2, "Pump", "S2", "ok"]]
    er = [["Serial No", "Asset No", "Equipment", "Status", "Notes"], ["S3", 3, "Pump", "ok", "old"]]
    table = read_table(workbook(("ICU", icu), ("ER", er), ("Key", [["Status", "Meaning"], ["ok", "good"]])), "x.xlsx")
    assert table.headings == ("Asset No", "Equipment", "Serial No", "Status", "Notes")
    assert table.rows == [
        (1, "ECG", "S1", "ok", None),
        (2, "Pump", "S2", "ok", None),
        (3, "Pump", "S3", "ok", "old"),
    ]
    assert (list(table.row_numbers), table.sections()) == (["ICU!3", "ICU!4", "ER!2"], ["ICU", "ICU", "ER"])
    assert [info.name for info in table.sheets if info.used] == ["ICU", "ER"]
    assert read_table(workbook(("ICU", icu), ("ER", er)), "x.xlsx", options=ReadOptions(sheet="ER")).row_numbers == [2]


@pytest.mark.parametrize(
    "row",
    [
        ["Prepared by: ________", None, None, "Date: ......."],
        ["Elaborado por: Ing. R. Quispe", None, None, "Revisado por: Ing. M. Salas"],
        [None, None, "Le responsable biomédical,", None],
    ],
)
def test_lines_for_signatures_are_no_devices(row: list) -> None:
    table = read_table(workbook(("A", [WARD, [1, "ECG", "S1", "ok"], row])), "x.xlsx")
    assert [(item.row_number, item.kind) for item in table.set_aside] == [(3, "signature")]


def test_a_sub_total_with_its_amount() -> None:
    rows = [[*WARD, "Value"], [1, "ECG", "S1", "ok", "S/ 900.00"], ["Sub Total UCI", None, None, None, "S/ 900.00"]]
    assert [item.kind for item in read_table(workbook(("A", rows)), "x.xlsx").set_aside] == ["sub-total"]


def test_a_web_page_named_as_a_workbook() -> None:
    page = (
        b"<html><body><table><tr><td>menu</td></tr></table><table><tr><th>Tag</th><th colspan=2>Equipment</th></tr>"
        b"<tr><td>A&amp;1</td><td>ECG<br>old</td><td></td></tr><tr><td>A2<td>Pump<td>x</table></body></html>"
    )
    table = read_table(page, "list.xls")
    assert (table.kind, table.headings[:2], table.rows) == (
        "html",
        ("Tag", "Equipment"),
        [("A&1", "ECG old", None), ("A2", "Pump", "x")],
    )


def test_a_numbered_title_between_the_rows_names_a_section() -> None:
    rows = [WARD, ["II", "Surgery", None, None], ["1", "ECG", "S1", "ok"], ["2", "Bed", None, None]]
    table = read_table(workbook(("A", rows)), "x.xlsx")
    assert ([item.kind for item in table.set_aside], table.sections()) == (["section"], ["Surgery", "Surgery"])
