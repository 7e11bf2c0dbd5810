"""Records of sources as bulletins: openFDA (field references of open.fda.gov), CSAF 2.0 (OASIS, section 3.2), classes
of 21 CFR 7.3(m), ratings of CVSS 3.1 section 5. The records are short ones in the real form; real files are in
``tests/real``.
"""

import datetime as dt
import json
from decimal import Decimal

import pytest

from wardwright.kernel.bulletins import Bulletin, Kind, Severity, Status, action_number, numbers_in, read, read_files
from wardwright.kernel.scope import Outcome, Unit, decide

TODAY = dt.date(2024, 6, 1)

RECALL = {
    "cfres_id": "171234",
    "product_res_number": "Z-1234-2020",
    "event_date_initiated": "2020-03-02",
    "event_date_posted": "2020-03-20",
    "recall_status": "Open, Classified",
    "res_event_number": "84999",
    "product_code": "frn",
    "recalling_firm": "Acme Infusion Inc.",
    "reason_for_recall": "The door latch may break.",
    "action": "Stop using the pumps and call us.",
    "product_description": "Dropline Infusion Pump, REF DL-100",
    "code_info": "Serial Numbers: 1001-1250",
    "openfda": {"device_name": "Pump, Infusion", "registration_number": ["1", "2"]},
}
REPORT = {
    "recall_number": "Z-1234-2020",
    "event_id": "84999",
    "classification": "Class I",
    "status": "Ongoing",
    "product_type": "Devices",
    "recalling_firm": "Acme Infusion Inc.",
    "reason_for_recall": "The door latch may break.",
    "product_description": "Dropline Infusion Pump, REF DL-100",
    "code_info": "Serial Numbers: 1001-1250",
    "recall_initiation_date": "20200302",
    "center_classification_date": "20200318",
    "report_date": "20200325",
}


def answer(*records: dict) -> bytes:
    """As the API answers."""
    return json.dumps({"meta": {"results": {"total": len(records)}}, "results": records}).encode()


def only(data: bytes, name: str = "answer.json") -> Bulletin:
    (found,) = read(data, name=name, today=TODAY)
    assert isinstance(found, Bulletin), found
    return found


def test_a_recall() -> None:
    found = only(answer(RECALL))
    assert (found.ref, found.kind, found.event, found.maker) == (
        "Z-1234-2020", Kind.RECALL, "84999", "Acme Infusion Inc."
    )  # fmt: skip
    assert (found.severity, found.status) == (Severity.UNCLASSIFIED, Status.ONGOING)
    assert (found.published_on, found.started_on, found.ended_on) == (dt.date(2020, 3, 20), dt.date(2020, 3, 2), None)
    assert found.title == "Dropline Infusion Pump, REF DL-100"
    assert found.text == "Dropline Infusion Pump, REF DL-100\n\nSerial Numbers: 1001-1250"
    assert (found.brands, found.product_codes) == (("Dropline Infusion Pump",), ("FRN",))
    assert found.also_known_as == ("RES 84999",)
    assert found.url == "https://www.accessdata.fda.gov/scripts/cdrh/cfdocs/cfRES/res.cfm?id=171234"
    assert found.remarks == ()
    assert json.loads(found.raw) == RECALL
    assert decide(found.scope, Unit(ref="DL-100", serial="1100")).outcome is Outcome.AFFECTED


def test_an_enforcement_report() -> None:
    found = only(answer(REPORT))
    assert (found.severity, found.status) == (Severity.CLASS_I, Status.ONGOING)
    assert (found.published_on, found.started_on) == (dt.date(2020, 3, 25), dt.date(2020, 3, 2))
    assert (found.action, found.url) == ("", "")


def test_recall_and_report_of_one_number_are_one() -> None:
    """``product_res_number == recall_number`` (STANDARDS 5.2), whichever of the two files comes first."""
    other = {**REPORT, "recall_number": "Z-9999-2020"}
    files = [("recall.json", answer(RECALL)), ("enforcement.json", answer(REPORT, other))]
    for order in (files, files[::-1]):
        found = {one.ref: one for one in read_files(order, today=TODAY)}
        one = found["Z-1234-2020"]
        assert sorted(found) == ["Z-1234-2020", "Z-9999-2020"]
        assert (one.severity, one.action) == (Severity.CLASS_I, "Stop using the pumps and call us.")
        assert json.loads(one.raw) == {"recall": RECALL, "enforcement": REPORT}
        assert one.text == "Dropline Infusion Pump, REF DL-100\n\nSerial Numbers: 1001-1250"


def test_where_their_texts_differ_both_are_meant() -> None:
    report = {**REPORT, "code_info": "Serial Numbers: 1300"}
    (found,) = read_files([("a", answer(RECALL)), ("b", answer(report))])
    outcomes = [decide(found.scope, Unit(ref="DL-100", serial=serial)).outcome for serial in ("1100", "1300", "1400")]
    assert outcomes == [Outcome.AFFECTED, Outcome.AFFECTED, Outcome.NOT_AFFECTED]


def test_the_same_record_is_the_same_revision() -> None:
    """What openFDA joins to it anew each week is not its content."""
    again = {**RECALL, "openfda": {"device_name": "Pump, Infusion", "registration_number": ["1", "2", "3"]}}
    assert only(answer(again)).revision == only(answer(RECALL)).revision
    assert only(answer({**RECALL, "code_info": "Lot 5"})).revision != only(answer(RECALL)).revision


@pytest.mark.parametrize(
    ("said", "severity", "remarks"),
    [
        ("Class I", Severity.CLASS_I, 0),
        ("Class II", Severity.CLASS_II, 0),
        ("Class III", Severity.CLASS_III, 0),
        ("Not Yet Classified", Severity.UNCLASSIFIED, 0),
        ("", Severity.UNCLASSIFIED, 0),
        ("Class IV", Severity.UNCLASSIFIED, 1),
        ("dangerous", Severity.UNCLASSIFIED, 1),
    ],
)
def test_classes(said: str, severity: Severity, remarks: int) -> None:
    found = only(answer({**REPORT, "classification": said}))
    assert (found.severity, len(found.remarks)) == (severity, remarks)


@pytest.mark.parametrize(
    ("values", "started", "ended", "remark"),
    [
        ({"termination_date": "20210101"}, dt.date(2020, 3, 2), dt.date(2021, 1, 1), ""),
        ({"termination_date": "20991301"}, dt.date(2020, 3, 2), None, "Ended: “20991301” is no day; it is left open."),
        ({"termination_date": "20991201"}, dt.date(2020, 3, 2), None,
         "Ended: 2099-12-01 is in the future; it is left open."),
        ({"termination_date": "20190101"}, dt.date(2020, 3, 2), dt.date(2019, 1, 1),
         "It is said to have ended on 2019-01-01, before it began on 2020-03-02."),
        ({"recall_initiation_date": "00010101"}, None, None, "Begun: 0001-01-01 cannot be; it is left open."),
        ({"recall_initiation_date": "soon"}, None, None, "Begun: “soon” is no day; it is left open."),
        ({"termination_date": "20240602"}, dt.date(2020, 3, 2), dt.date(2024, 6, 2), ""),  # begun elsewhere
    ],
)  # fmt: skip
def test_days_that_cannot_be(values: dict, started: dt.date | None, ended: dt.date | None, remark: str) -> None:
    found = only(answer({**REPORT, **values}))
    assert (found.started_on, found.ended_on) == (started, ended)
    assert found.remarks == ((remark,) if remark else ())


def test_a_recall_without_its_number_goes_by_the_database() -> None:
    found = only(answer({**RECALL, "product_res_number": None}))
    assert found.ref == "CFRES 171234"
    assert found.remarks == ("It has no recall number; it goes by its number in the FDA's database.",)


# CSAF ------------------------------------------------------------------------------------------------------------


def advisory(**document: object) -> dict:
    leaf = {"product_id": "P1", "name": "Dropline: <3.2"}
    version = {"category": "product_version_range", "name": "<3.2", "product": leaf}
    product = {"category": "product_name", "name": "Dropline", "branches": [version]}
    return {
        "document": {
            "title": "ICSMA-21-187-01_Acme Dropline",
            "publisher": {"name": "CISA"},
            "tracking": {
                "id": "ICSMA-21-187-01",
                "status": "final",
                "version": "2",
                "initial_release_date": "2021-07-06T00:00:00Z",
                "current_release_date": "2022-01-20T00:00:00Z",
            },
            "notes": [{"category": "summary", "text": "Somebody could change the rate."}],
            "references": [
                {"category": "self", "summary": "ICS Advisory ICSMA-21-187-01 JSON", "url": "https://a.example/a.json"},
                {"category": "self", "summary": "SSA-123456: Dropline", "url": "https://a.example/a"},
            ],
            **document,
        },
        "product_tree": {"branches": [{"category": "vendor", "name": "Acme", "branches": [product]}]},
        "vulnerabilities": [
            {
                "cve": "CVE-2021-0001",
                "product_status": {"known_affected": ["P1"]},
                "scores": [{"cvss_v3": {"baseScore": 6.5}, "products": ["P1"]}, {"cvss_v3": {"baseScore": 9.8}}],
                "remediations": [{"category": "vendor_fix", "details": "Update to 3.2."}],
            },
            {"cve": "CVE-2021-0002", "scores": [{"cvss_v2": {"baseScore": 10.0}}]},
        ],
    }


def test_an_advisory() -> None:
    found = only(json.dumps(advisory()).encode())
    assert (found.ref, found.kind, found.title) == ("ICSMA-21-187-01", Kind.SECURITY_ADVISORY, "Acme Dropline")
    assert (found.issuer, found.maker, found.brands) == ("CISA", "Acme", ("Dropline",))
    assert (found.severity, found.cvss) == (Severity.CRITICAL, Decimal("9.8"))
    assert (found.published_on, found.updated_on) == (dt.date(2021, 7, 6), dt.date(2022, 1, 20))
    assert (found.reason, found.action) == ("Somebody could change the rate.", "Update to 3.2.")
    assert (found.cves, found.also_known_as) == (("CVE-2021-0001", "CVE-2021-0002"), ("SSA-123456",))
    assert found.url == "https://a.example/a"
    assert decide(found.scope, Unit(maker="Acme", model="Dropline", version="3.1")).outcome is Outcome.AFFECTED


@pytest.mark.parametrize(
    ("score", "severity"),
    [
        (10.0, Severity.CRITICAL), (9.0, Severity.CRITICAL), (8.9, Severity.HIGH), (7.0, Severity.HIGH),
        (6.9, Severity.MEDIUM), (4.0, Severity.MEDIUM), (3.9, Severity.LOW), (0.1, Severity.LOW),
        (0.0, Severity.UNCLASSIFIED), (11, Severity.UNCLASSIFIED), ("high", Severity.UNCLASSIFIED),
    ],
)  # fmt: skip
def test_ratings(score: object, severity: Severity) -> None:
    """CVSS 3.1 section 5, qualitative severity rating scale."""
    data = advisory()
    data["vulnerabilities"] = [{"scores": [{"cvss_v3": {"baseScore": score}}]}]
    assert only(json.dumps(data).encode()).severity is severity


def test_an_advisory_whose_products_cannot_be_read_is_kept_for_a_person() -> None:
    data = advisory()
    data["product_tree"] = None
    found = only(json.dumps(data).encode())
    assert found.remarks == (
        "Its products cannot be read: The advisory has no “product_tree”. A person must read it.",
    )  # fmt: skip
    assert found.scope.unread[0].of(found.text) == found.text
    assert decide(found.scope, Unit(model="Anything")).outcome is Outcome.UNRESOLVED


def test_a_silent_change_is_a_change_and_another_program_is_none() -> None:
    first = only(json.dumps(advisory()).encode())
    changed = advisory()
    changed["document"]["notes"][0]["text"] = "Somebody could stop it."
    written = advisory()
    written["document"]["tracking"]["generator"] = {"date": "2024-01-01T00:00:00Z"}
    assert only(json.dumps(changed).encode()).revision != first.revision
    assert only(json.dumps(written).encode()).revision == first.revision


def test_a_draft() -> None:
    data = advisory()
    data["document"]["tracking"]["status"] = "draft"
    assert only(json.dumps(data).encode()).status is Status.DRAFT


# Numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("Z-1234-2020", "Z-1234-2020"),
        ("z–1234–2020", "Z-1234-2020"),
        ("Z-1004-04", "Z-1004-2004"),
        ("Z-0057-2017", "Z-0057-2017"),
        ("RES 84999", "RES 84999"),
        ("res# 84999", "RES 84999"),
        (" fsca  2020/007. ", "FSCA 2020/007"),
    ],
)
def test_spellings_of_numbers(said: str, number: str) -> None:
    assert action_number(said) == number


def test_numbers_that_a_text_names() -> None:
    text = "See Z-1234-2020, Z-1234-20 and RES 84999 (ICSMA-21-187-01); not Z-1 or CVE-2021-0001."
    assert numbers_in(text) == ("Z-1234-2020", "RES 84999", "ICSMA-21-187-01")
