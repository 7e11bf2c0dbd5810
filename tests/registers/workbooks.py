"""Workbooks as departments keep them: cover sheets, one sheet for each ward, headings of two rows, formulas, dates of
every kind."""

from __future__ import annotations

import datetime as dt
import io

import xlsxwriter

from .shapes import workbook

_WARD = ["Item", "Make", "Model", "Serial No.", "BME No.", "Date Acquired", "Status"]


def by_ward() -> bytes:
    """A cover, a sheet for each ward with the same headings (the last with its columns in another order), a key."""
    cover = [["Mercy Hospital"], ["Biomedical Engineering – Equipment Inventory"], ["Updated", dt.date(2024, 1, 15)]]
    icu = [
        ["ICU – equipment list"],
        [],
        _WARD,
        ["Ventilator", "Hamilton", "C2", "7711", "BME-001", dt.date(2017, 4, 12), "Working"],
        ["Ventilator", "Hamilton Medical AG", "HAMILTON-C2", "7712", "BME-002", dt.date(2017, 4, 12), "Working"],
        ["Patient monitor", "Philips", "MP50", "DE44001122", "BME-003", "12/08/2014", "Faulty"],
        ["Total", "", "", "", 3],
    ]
    theatre = [
        ["THEATRE – equipment list"],
        [],
        _WARD,
        ["Anaesthesia machine", "Drager", "Fabius GS", "ASAB-0034", "BME-010", dt.date(2012, 9, 30), "Working"],
        ["Diathermy", "Valleylab", "Force FX", "F7J12345A", "BME-011", "2011", "Condemned"],
        ["Operating table", "", "", "", "BME-012", "", "Working"],
        ["Total", "", "", "", 3],
    ]
    maternity = [
        ["MATERNITY – equipment list"],
        [],
        ["Item", "Make", "Model", "BME No", "Serial No", "Date acquired", "Status", "Remarks"],
        ["Infant incubator", "Drager", "Isolette C2000", "BME-020", "XT01234", dt.date(2015, 6, 1), "Working", ""],
        ["CTG", "Philips", "Avalon FM20", "BME-021", "DE53102211", dt.date(2016, 2, 3), "Working", "paper jam"],
    ]
    legend = [["Status", "Meaning"], ["Working", "can be used"], ["Faulty", "sent to workshop"]]
    return workbook(("Cover", cover), ("ICU", icu), ("Theatre", theatre), ("Maternity", maternity), ("Legend", legend))


def two_row_headings() -> bytes:
    """A title block, merged headings in two rows, hidden columns, formulas with kept values, dates of every kind."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("Register")
        date = book.add_format({"num_format": "dd/mm/yyyy"})
        money = book.add_format({"num_format": "#,##0.00"})
        sheet.merge_range(0, 0, 0, 12, "ST. LUKE'S HOSPITAL – CLINICAL ENGINEERING")
        sheet.merge_range(1, 0, 1, 12, "MEDICAL EQUIPMENT REGISTER")
        sheet.write(2, 0, "Printed")
        sheet.write_datetime(2, 1, dt.datetime(2024, 2, 1, 8, 30), date)
        sheet.merge_range(4, 0, 5, 0, "No.")
        sheet.merge_range(4, 1, 4, 3, "Device")
        sheet.merge_range(4, 4, 4, 5, "Identification")
        sheet.merge_range(4, 6, 4, 7, "Location")
        sheet.merge_range(4, 8, 4, 9, "Purchase")
        sheet.merge_range(4, 10, 4, 12, "Maintenance")
        for column, name in enumerate(
            [
                "Name",
                "Manufacturer",
                "Model",
                "Asset No.",
                "Serial No.",
                "Department",
                "Room",
                "Date",
                "Price",
                "Interval",
                "Last",
                "Next",
            ],
            1,
        ):
            sheet.write(5, column, name)
        rows = [
            (
                "Infusion pump",
                "Baxter",
                "Sigma Spectrum",
                20001,
                712345,
                "ICU",
                "2.14",
                dt.date(2018, 3, 5),
                2450.5,
                "6 M",
                dt.date(2023, 9, 1),
                "01/03/2024",
            ),
            (
                "Infusion pump",
                "Baxter Healthcare",
                "SIGMA Spectrum",
                20002,
                712346,
                "ICU",
                "2.14",
                "05/03/2018",
                2450.5,
                "6 M",
                "15/09/2023",
                45366,
            ),
            (
                "Patient monitor",
                "GE Healthcare",
                "Carescape B650",
                20003,
                "SK4121122",
                "ICU",
                "2.15",
                "2017",
                9800,
                "annual",
                dt.date(2023, 5, 30),
                dt.date(2024, 5, 30),
            ),
            (
                "Ventilator",
                "Puritan-Bennett",
                "PB980",
                20004,
                "35B1200456",
                "ICU",
                "2.15",
                43160,
                31200,
                "semi-annual",
                "Nov-23",
                "May-24",
            ),
            (
                "Defibrillator",
                "Physio Control",
                "LIFEPAK 20e",
                20005,
                44112233,
                "ED",
                "0.03",
                "12.05.19",
                11900,
                "12",
                "30/06/2023",
                "30/06/2024",
            ),
            (
                "Electrosurgical unit",
                "Covidien",
                "ForceTriad",
                20006,
                "T1C23456X",
                "OR",
                "1.01",
                dt.date(2014, 12, 1),
                18400,
                "annual",
                "n/a",
                "n/a",
            ),
        ]
        for number, row in enumerate(rows, 6):
            sheet.write_formula(number, 0, f"=ROW()-6+{number - number}", None, number - 5)
            for column, cell in enumerate(row, 1):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(number, column, dt.datetime.combine(cell, dt.time()), date)
                elif column == 9:
                    sheet.write_formula(number, column, f"={cell}*1", money, cell)
                else:
                    sheet.write(number, column, cell)
        last = 6 + len(rows)
        sheet.write(last, 8, "Total")
        sheet.write_formula(last, 9, f"=SUM(J7:J{last})", money, 76200.5)
        sheet.write(last + 3, 0, "Head of department: ......................")
        sheet.write(last + 3, 9, "Date: ...............")
        sheet.set_column(6, 7, None, None, {"hidden": True})
    return buffer.getvalue()


def ward_rows() -> bytes:
    """The ward stands alone in a row above its devices; sub-totals below; maker and model in one column."""
    return workbook(
        (
            "Sheet1",
            [
                ["BIOMEDICAL EQUIPMENT – ANNUAL PPM LIST 2024"],
                ["S/N", "Equipment", "Make/Model", "Serial No", "Asset Tag", "Last PPM", "Frequency", "Risk Class"],
                ["ICU"],
                [1, "Ventilator", "Dräger Evita V500", "ASBE-0110", "T-0001", dt.date(2023, 11, 2), "6 M", "A"],
                [
                    2,
                    "Ventilator",
                    "Drager Evita Infinity V500",
                    "ASBE-0111",
                    "T-0002",
                    dt.date(2023, 11, 2),
                    "6 M",
                    "A",
                ],
                [
                    3,
                    "Patient Monitor",
                    "Philips IntelliVue MX700",
                    "DE35112233",
                    "T-0003",
                    dt.date(2023, 11, 3),
                    "annual",
                    "B",
                ],
                ["Sub-total", "", "", "", 3],
                ["NICU"],
                [4, "Incubator", "GE Giraffe Omnibed", "HDGR50123", "T-0010", dt.date(2023, 8, 14), "6 M", "A"],
                [5, "Phototherapy", "Natus neoBLUE", "sn 1109", "T-0011", dt.date(2023, 8, 14), "annual", "C"],
                ["Sub-total", "", "", "", 2],
                ["CSSD"],
                [6, "Autoclave", "Getinge HS66", "S/N: 11-2034", "T-0020", "n/a", "quarterly", "B"],
                ["Sub-total", "", "", "", 1],
                ["Grand total", "", "", "", 6],
                [],
                ["Prepared by:", "", "Checked by:", "", "Approved by:"],
            ],
        )
    )
