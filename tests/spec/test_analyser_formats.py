"""Files of analysers, one record each as the public documents of their makers show the form.

Sources: Fluke Ansur: Test Executive Users Manual (parts of METRONFile) and public programs that read .mtr files. Fluke
ESA615: a public sample report, public programs for .dta. Rigel 288: the maker's note on its download format. Datrend
ES601: operating manual, chapter 7.4.4. None of these is a file from an analyser of ours; the table of readings and
records is proven on a real set (``tests/real``). All devices and numbers here are made up.
"""

import datetime as dt
from decimal import Decimal

import pytest

from wardwright.kernel.analyser import Analyser, AppliedPart, Check, Device, Mapping, Reading, Rule, read_results
from wardwright.kernel.limits import Bound

D = Decimal

MTR = """<?xml version="1.0" encoding="ISO-8859-1"?>
<METRONFile Version="1.3.3" Type="Record">
 <Setup><DUT>
  <Item Name="Serial Number" Ord="1" Caption="Serial Number" Key="True">SN-7</Item>
  <Item Name="Equipment Number" Ord="2" Caption="Appliance Code">0042</Item>
  <Item Name="Manufacturer" Ord="3">Acme</Item><Item Name="Model" Ord="4">Pump 3</Item>
  <Item Name="Location" Ord="5">ICU 2</Item><Item Name="Ward round" Ord="6">b\u00e9ta</Item>
 </DUT></Setup>
 <TestInstruments><MTIData><Type>ESA615</Type><SerialNumber>77</SerialNumber>
  <CalibrationDate>10/17/2025</CalibrationDate></MTIData></TestInstruments>
 <Template Name="IEC62353-Direct-BF.mtt"><TemplateData>
  <TestElement ID="1"><Info><Type>Protective Earth Resistance</Type></Info>
   <ExpectedResult><Standard><Limit Key="::ST"><Unit>Ohm</Unit><Value Type="High">0.3</Value></Limit></Standard>
   </ExpectedResult></TestElement>
  <TestElement ID="2"><Info><Type>Equipment Leakage</Type><Parameter>Direct, Reverse Polarity</Parameter></Info>
  </TestElement>
  <TestElement ID="3"><Info><Type>Visual inspection</Type></Info></TestElement>
 </TemplateData></Template>
 <Record><TestData><Date Day="3" Month="4" Year="2026"/><Time Hour="9" Minute="6"/><Status>Passed</Status></TestData>
  <ResultData><Comment>Classification of Instrument :: I</Comment>
   <ResultItem ElementID="1"><Measurement><Description>PE</Description><Value>0.087</Value><Unit>Ohm</Unit>
    <Status>Passed</Status></Measurement></ResultItem>
   <ResultItem ElementID="2"><Measurement><Description>Open Earth</Description><Value>85.2</Value><Unit>uA</Unit>
    <Status>Passed</Status></Measurement></ResultItem>
   <ResultItem ElementID="3"><Measurement><Description>Housing</Description><Value/>
    <Status>Passed</Status></Measurement></ResultItem>
  </ResultData></Record>
</METRONFile>"""

ESA_REPORT = """,,,,,,,Date :15/05/2026
Test Setup
,,,,,DUT Information
Operator ID :,,JD,,,Equipment Number :,,0042
Calibration Date :,,10/17/2025,,,Serial Number :,,SN-7
Serial Number :,,77,,,Manufacturer :,,Acme
Date & Time :,,2026/05/15 & 09:06,,,Model :,,Pump 3
Template Name :,,IEC62353-Direct,,,Standard :,,IEC62353
Classification:,,I
AP Name,AP Type,AP Num
Lead,BF,3
ESA615 Test Results
Test Name,,,,,Value,High Limits,Low Limits,Status
Protective Earth Resistance,,,,,0.087 Ohm,0.3,-,P
Insulation Resistance,,,,,,,,
,,Mains-PE,,,> 100 MOhm,-,2.0,P
Equipment Leakage Current,Reverse Polarity,,,,612 uA,500.0,-,F
_____,,,,,
"""

ESA_DTA = """<HEADER>
ESA615SN=77
ESA615OPID=JD
ESA615CALDATE=M10D17Y2025
DUTEQUIPNUM=0042
DUTSN=SN-7
DATEOFTEST=2026/05/15
TIMEOFTEST=09:06
CLASSIFICATION=II
APNAME=Lead,
APTYPE=CF,
NUMAP=2,
<\\HEADER>
<BODY>
<TEST=PERE>
0.3,-,O0.087,P
<\\TEST>
<TEST=INSM-PE>
2.0,-,M105.1,P
<\\TEST>
<TESTAP=DIRL-ACDC-PREONC>
Lead,50.0,-,U12.5,P
<\\TESTAP>
<\\BODY>
"""

RIGEL = """Tested on,23 Jan 2008,,,,
Asset ID,A000002,,,,
Rigel 288,21C-0399,,,,
Site, London,,,,
AP Setup,AP 1, type BF, (BF 4 - 6),,,
User Name,Admin,,,,
Test Sequence,62353 - ClassI - Alt,,,,
Visual Inspection,Pass,,,
Earth Bond,0.065,Ohm,0.200,Pass
Insulation EUT,>99.9 MOhm,2,Pass
Equipment Leakage Alternative,1204,uA,1000,Fail
User Comment, line one,,,,
Status,Failed

Tested on,24 Jan 2008,,,,
Asset ID,A000003,,,,
Status,Passed

End of Data
"""

ES601 = (
    "Asset ID,0042\rTechnician,JD\rDate,2026-05-15 09:06\rSTD,IEC60601-1\r"
    "ACV,121.4,121.0,0.4,Vrms\rPRE,25A,PP,0.087,0.200,ohm,P\rILG,150.2,2,Megohm,-\r"
    "LEA,ON/NP/L2C/EC,45.1,500,uArms,P\rLEN,ON/RP/L2C/EO,612.0,500,uArms,F\rXYZ,1,2\r"
)


def only(name: str, text: str):
    read = read_results([(name, text.encode("latin-1"))])
    return read.format, read.records[0], [(one.code, one.record) for one in read.problems]


def test_fluke_ansur_record() -> None:
    form, record, problems = only("t.mtr", MTR)
    assert (form, problems) == ("fluke-xml", [])
    assert record.device == Device("0042", "SN-7", "Acme", "Pump 3", "", "ICU 2")
    assert (record.tested_at, record.verdict, record.protection_class) == (dt.datetime(2026, 4, 3, 9, 6), "pass", "I")
    assert record.analyser == Analyser("Fluke Biomedical", "ESA615", "77", dt.date(2025, 10, 17))
    assert record.applied_parts == (AppliedPart("", "BF"),)
    assert record.extra == {"Ward round": "b\u00e9ta"}
    assert record.readings == (
        Reading("Protective Earth Resistance, PE", "protective_earth", value=D("0.087"), unit="Ω", high=D("0.3"),
                verdict="pass"),
        Reading("Equipment Leakage, Direct, Reverse Polarity, Open Earth", "equipment_leakage", method="direct",
                condition="SFC", fault="open_earth", polarity="reversed", value=D("85.2"), unit="µA", verdict="pass"),
    )  # fmt: skip
    assert record.checks == (Check("Visual inspection, Housing", "visual", "pass"),)


def test_fluke_report() -> None:
    form, record, problems = only("t.csv", ESA_REPORT)
    assert (form, problems) == ("fluke-text", [])
    assert record.device == Device("0042", "SN-7", "Acme", "Pump 3")
    assert record.analyser == Analyser("Fluke Biomedical", "ESA615", "77", dt.date(2025, 10, 17))
    assert (record.tester, record.tested_at) == ("JD", dt.datetime(2026, 5, 15, 9, 6))
    assert record.applied_parts == (AppliedPart("Lead", "BF", 3),)
    assert record.readings == (
        Reading("Protective Earth Resistance", "protective_earth", value=D("0.087"), unit="Ω", high=D("0.3"),
                verdict="pass"),
        Reading("Insulation Resistance, Mains-PE", "insulation", value=D(100), bound=Bound.ABOVE, unit="MΩ",
                low=D("2.0"), verdict="pass"),
        Reading("Equipment Leakage Current, Reverse Polarity", "equipment_leakage", polarity="reversed", value=D(612),
                unit="µA", high=D("500.0"), verdict="fail"),
    )  # fmt: skip


def test_fluke_memory() -> None:
    form, record, problems = only("t.dta", ESA_DTA)
    assert (form, problems) == ("fluke-text", [])
    assert (record.device, record.protection_class) == (Device("0042", "SN-7"), "II")
    assert record.analyser == Analyser("Fluke Biomedical", "ESA615", "77", dt.date(2025, 10, 17))
    assert record.applied_parts == (AppliedPart("Lead", "CF", 2),)
    assert [(one.test, one.value, one.unit, one.low, one.high, one.applied_part) for one in record.readings] == [
        ("protective_earth", D("0.087"), "Ω", None, D("0.3"), ""),
        ("insulation", D("105.1"), "MΩ", D("2.0"), None, ""),
        ("applied_part_leakage", D("12.5"), "µA", None, D("50.0"), "Lead"),
    ]


def test_fluke_memory_cut_off() -> None:
    _, record, problems = only("t.dta", ESA_DTA[: ESA_DTA.index("<\\TESTAP>")])
    assert (len(record.readings), problems) == (2, [("incomplete", 1)])


def test_rigel_download() -> None:
    form, record, problems = only("t.csv", RIGEL)
    assert (form, problems) == ("rigel", [("no-results", 2)])
    assert (record.device, record.tester) == (Device("A000002"), "Admin")
    assert record.analyser == Analyser("Rigel Medical", "Rigel 288", "21C-0399")
    assert (record.tested_at, record.time_known) == (dt.datetime(2008, 1, 23), False)
    assert (record.procedure, record.protection_class, record.verdict) == ("62353 - ClassI - Alt", "I", "fail")
    assert record.applied_parts == (AppliedPart("AP 1", "BF", 3),)
    assert (record.note, record.extra) == ("line one", {"Site": "London"})
    assert record.checks == (Check("Visual Inspection", "visual", "pass"),)
    assert record.readings == (
        Reading("Earth Bond", "protective_earth", value=D("0.065"), unit="Ω", high=D("0.200"), verdict="pass"),
        Reading("Insulation EUT", "insulation", value=D("99.9"), bound=Bound.ABOVE, unit="MΩ", low=D(2),
                verdict="pass"),
        Reading("Equipment Leakage Alternative", "equipment_leakage", method="alternative", value=D(1204), unit="µA",
                high=D(1000), verdict="fail"),
    )  # fmt: skip


def test_rigel_download_cut_off() -> None:
    _, record, problems = only("t.csv", RIGEL[: RIGEL.index("User Comment")])
    assert (len(record.readings), problems) == (3, [("truncated", None)])


def test_datrend_capture() -> None:
    form, record, problems = only("t.csv", ES601)
    assert (form, problems) == ("datrend", [("unknown-line", 1)])
    assert (record.device, record.tester, record.tested_at) == (Device("0042"), "JD", dt.datetime(2026, 5, 15, 9, 6))
    assert (record.procedure, record.environment.mains_v, record.extra) == ("IEC60601-1", D("121.4"), {"XYZ": "1, 2"})
    told = [(one.test, one.condition, one.fault, one.polarity, one.value, one.unit, one.low, one.high, one.verdict)
            for one in record.readings]  # fmt: skip
    assert told == [
        ("protective_earth", "", "", "", D("0.087"), "Ω", None, D("0.200"), "pass"),
        ("insulation", "", "", "", D("150.2"), "MΩ", D(2), None, ""),
        ("earth_leakage", "NC", "", "normal", D("45.1"), "µA", None, D(500), "pass"),
        ("touch_current", "SFC", "open_earth", "reversed", D("612.0"), "µA", None, D(500), "fail"),
    ]


WIDE = """Asset No;S/N;Test date;User;Earth bond (Ω);Earth bond result;Isolationswiderstand [MΩ];Visual inspection;Zone
0042;SN-7;15.05.2026 09:06;JD;0,087;Pass;>200;OK;3
0043;SN-8;15.05.2026 09:20;JD;0,412;Fail;105,1;OK;4
"""


def test_a_column_for_each_test() -> None:
    form, record, problems = only("t.csv", WIDE.replace("Ω", "Ohm"))
    assert (form, problems) == ("table", [])
    assert (record.device, record.tested_at) == (Device("0042", "SN-7"), dt.datetime(2026, 5, 15, 9, 6))
    assert record.readings == (
        Reading("Earth bond", "protective_earth", value=D("0.087"), unit="Ω", verdict="pass"),
        Reading("Isolationswiderstand", "insulation", value=D(200), bound=Bound.ABOVE, unit="MΩ"),
    )
    assert record.checks == (Check("Visual inspection", "visual", "pass"),)
    assert record.extra == {"Zone": "3"}


LONG = """Asset ID,Date,Time,Test,Value,Unit,Low limit,High limit,Result
42,2026-05-15,09:06,Earth bond,0.087,Ohm,,0.3,Pass
42,2026-05-15,09:06,"Touch current, open earth",612,uA,,500,Fail
43,2026-05-15,09:20,Frobnication,7,furlongs,,,Pass
"""


def test_a_row_for_each_reading() -> None:
    read = read_results([("t.csv", LONG.encode())])
    assert [(one.code, one.record) for one in read.problems] == [("unknown-test", 2)]
    first, second = read.records
    assert [(one.test, one.fault, one.value, one.unit, one.high, one.verdict) for one in first.readings] == [
        ("protective_earth", "", D("0.087"), "Ω", D("0.3"), "pass"),
        ("touch_current", "open_earth", D(612), "µA", D(500), "fail"),
    ]
    assert second.readings == (Reading("Frobnication", value=D(7), unit="furlongs", verdict="pass"),)
    assert (first.tested_at, second.device.asset_tag) == (dt.datetime(2026, 5, 15, 9, 6), "43")


def test_a_saved_mapping_decides_over_what_the_headings_say() -> None:
    mapping = Mapping(
        {"asset_tag": "Zone", "tested_at": "Test date"},
        (Rule("Earth bond (Ohm)", test="insulation", unit="GΩ"),),
        constants={"analyser_serial": "A-1"},
        decimal_mark=",",
    )
    read = read_results([("t.csv", WIDE.replace("Ω", "Ohm").encode())], mapping=mapping)
    assert [(one.device.asset_tag, one.analyser.serial, one.readings[0].test, one.readings[0].unit)
            for one in read.records] == [("3", "A-1", "insulation", "GΩ"),
                                         ("4", "A-1", "insulation", "GΩ")]  # fmt: skip


BOMB = (
    b"""<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><METRONFile>&b;</METRONFile>"""
)


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("t.mtr", BOMB, "forbidden-xml"),
        ("t.mtr", b"<METRONFile>" * 300, "forbidden-xml"),
        ("t.mtr", b"<METRONFile Type='Template'/>", "no-record"),
        ("t.mtr", b"<METRONFile", "not-xml"),
        ("t.xml", b"<registry><asset/></registry>", "unknown-xml"),
        ("t.csv", b"colour,shape\nred,round\nblue,square\n", "no-readings"),
        ("t.csv", b"\x00\x01\x02" * 50, "binary"),
        ("t.xlsx", b"PK\x03\x04" + b"\x00" * 40, "truncated"),
    ],
)
def test_what_cannot_be_read_is_one_problem(name: str, data: bytes, code: str) -> None:
    read = read_results([(name, data)])
    assert ([one.code for one in read.problems], read.records) == ([code], ())
    assert all(one.what and one.remedy for one in read.problems)


def test_a_truncated_record_is_read_as_far_as_it_goes_and_held() -> None:
    cut = MTR[: MTR.index('<ResultItem ElementID="3">')]
    read = read_results([("t.mtr", cut.encode("latin-1"))])
    assert [(one.code, one.record) for one in read.problems] == [("truncated", None), ("incomplete", 1)]
    assert (len(read.records[0].readings), read.good()) == (2, ())


def test_two_files_of_different_form_are_not_mixed() -> None:
    read = read_results([("a.csv", WIDE.encode()), ("t.mtr", MTR.encode("latin-1"))])
    assert [one.code for one in read.problems] == ["mixed"]
