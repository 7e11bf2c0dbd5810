"""What sources send when something is wrong: nothing is raised, what is whole still comes, and what is not is said."""

import datetime as dt
import gzip
import io
import json
import zipfile

import pytest

from tests.spec.test_bulletins import RECALL, REPORT, advisory, answer
from wardwright.kernel.bulletins import Bulletin, Format, Refused, read
from wardwright.kernel.scope import Outcome, Unit, decide
from wardwright.kernel.scope.read import MOST_CHARACTERS

SECOND = {**RECALL, "product_res_number": "Z-2000-2020"}


def taken(data: bytes, name: str = "file.json", **how: object) -> tuple[list[str], list[tuple[str, str]]]:
    """The numbers that came, and what was refused."""
    every = list(read(data, name=name, today=dt.date(2024, 6, 1), **how))
    refs = [one.ref for one in every if isinstance(one, Bulletin)]
    return refs, [(one.where, one.words) for one in every if isinstance(one, Refused)]


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return buffer.getvalue()


BOTH = answer(RECALL, SECOND)
CUT = "The text ends in the middle: it was not wholly transferred. Fetch or export it again."
DAMAGED = "The archive is damaged or was not wholly transferred. Fetch or copy it again."


@pytest.mark.parametrize(
    ("data", "refs", "refused"),
    [
        (b"", [], [("file.json", "The file is empty. Fetch or export it again.")]),
        (b" \r\n\0", [], [("file.json", "The file is empty. Fetch or export it again.")]),
        (BOTH[:-120], ["Z-1234-2020"], [("file.json, record 2", f"{CUT} (line 1)")]),
        (
            BOTH[:-2],
            ["Z-1234-2020", "Z-2000-2020"],
            [
                (
                    "file.json, record 3",
                    "The list ends behind record 2 without its closing bracket: it may have been cut off.",
                )
            ],
        ),
        (BOTH[:30], [], [("file.json", f"{CUT} (line 1)")]),
        (
            BOTH.replace(b'"cfres_id": "171234"', b'"cfres_id": 171234x', 1),
            ["Z-2000-2020"],
            [("file.json, record 1", "“x” stands where JSON has something else. (line 1)")],
        ),
        (
            BOTH.replace(b'"frn"', b'"frn', 1),
            ["Z-2000-2020"],
            [("file.json, record 1", "“r” stands where JSON has something else. (line 1)")],
        ),
        (
            b"<!DOCTYPE html><html><head><title>503 Service &amp; more</title></head></html>",
            [],
            [
                (
                    "file.json",
                    "A web page came (“503 Service & more”) where notices were expected: an error or a log-in of the "
                    "source. Try again later, or open its address in a browser.",
                )
            ],
        ),
        (
            b'{"error": {"code": "OVER_RATE_LIMIT", "message": "Too many requests"}}',
            [],
            [("file.json", "The source answered with an error: Too many requests")],
        ),
        (answer(), [], []),
        (
            answer({"product_type": "Devices", "event_id": "1", "report_date": "20200101", "more_code_info": ""}),
            [],
            [
                (
                    "file.json, record 1",
                    "The record has no recall number, so it could not be found again. Ask the source for it.",
                )
            ],
        ),
        (b'{"results": [5, {}]}'.replace(b"5, ", b""), [], [
            ("file.json", "None of its columns is known to hold the number of a notice; without it a notice could not "
             "be found again. Add a source for this list, say there what its columns mean, and bring the file for that "
             "source.")
        ]),
        (b"[" * 100_000, [], [("file.json, record 1", "It is nested more deeply than any notice. (line 1)")]),
        (
            b'{"distributions": [{"rolie": {}}], "publisher": {}}',
            [],
            [("file.json", "This lists advisories and is none: add its address as a source, and they are fetched.")],
        ),
        (
            b'{"catalogVersion": "1", "vulnerabilities": [{"cveID": "CVE-2021-1"}]}',
            [],
            [("file.json", "This is a catalogue of vulnerabilities; it names no products as a notice does.")],
        ),
        (b"%PDF-1.7", [], [("file.json", "This is a PDF document; copy its text and paste it in as a letter.")]),
        (b"PK\x03\x04 cut", [], [("file.json", DAMAGED)]),
        (gzip.compress(BOTH)[:-30], [], [("file.json", DAMAGED)]),
        (zipped(x_zip=zipped(a_json=BOTH)), [], [
            ("file.json › x.zip", "It is an archive within an archive. Unpack it, and give its files.")
        ]),
        (zipped(a_md=b"x"), [], [("file.json", "The archive holds no file with notices (JSON, CSV, XLSX or text).")]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(data: bytes, refs: list[str], refused: list[tuple[str, str]]) -> None:
    assert taken(data) == (refs, refused)


def test_archives() -> None:
    packed = zipped(recall_json=answer(RECALL), report_json=answer(REPORT), csaf_json=json.dumps(advisory()).encode())
    assert taken(packed) == (["ICSMA-21-187-01", "Z-1234-2020"], [])  # recall and report are one
    assert taken(gzip.compress(BOTH)) == (["Z-1234-2020", "Z-2000-2020"], [])
    assert taken(zipped(a_json=answer(RECALL), b_json=b"<html></html>"))[0] == ["Z-1234-2020"]


def test_an_archive_that_unpacks_to_more_than_anything_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wardwright.kernel.bulletins.unpack.MOST_BYTES", 1000)
    from wardwright.kernel.bulletins import unpack

    assert unpack.MOST_BYTES == 1000
    found = list(unpack.files_of("b.zip", zipped(a_json=b"0" * 2000), 1000))
    words = "The archive unpacks to more than is allowed. Take the files out and give them one by one."
    assert found == [Refused("b.zip › a.json", words)]
    assert unpack.files_of("b.gz", gzip.compress(b"0" * 2000), 1000).__next__() == Refused("b.gz", words)


def test_a_thousand_broken_records_end_the_reading() -> None:
    refs, refused = taken(b'{"results": [' + b'{"a": x},' * 1000 + b"]}")
    assert (refs, len(refused)) == ([], 100)
    assert refused[-1][1] == "100 records are broken; the rest is not read. Fetch or export the file again."


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encodings(encoding: str) -> None:
    data = json.dumps({"results": [{**RECALL, "recalling_firm": "Dräger"}]}, ensure_ascii=False).encode(encoding)
    (found,) = read(data, name="a.json")
    assert (found.maker, found.remarks) == ("Dräger", ())


def test_single_bad_signs_are_marked_and_said() -> None:
    text = json.dumps({"results": [{**RECALL, "recalling_firm": "Dräger AG"}]}, ensure_ascii=False).encode()
    (found,) = read(text.replace(b"AG", b"A\xff"), name="a.json")
    assert found.maker == "Dräger A\ufffd"
    assert found.remarks == ("Some signs were damaged on the way and cannot be read; compare with the source.",)


def test_an_old_encoding_is_found_out() -> None:
    data = json.dumps({"results": [{**RECALL, "recalling_firm": "Dräger Médical"}]}, ensure_ascii=False)
    (found,) = read(data.encode("cp1252"), name="a.json")
    assert found.maker == "Dräger Médical"


def test_control_characters_tags_and_half_signs_are_no_text() -> None:
    odd = {**RECALL, "product_description": "Drop\u0000line <b>Pump</b>\x07 &amp; stand", "code_info": "Lot \ud83d 5"}
    (found,) = read(answer(odd), name="a.json")
    assert found.title == "Dropline Pump & stand"
    assert "\x00" not in found.raw and "\x00" not in found.text
    found.text.encode(), found.raw.encode()


def test_control_characters_inside_a_text_of_json() -> None:
    raw = answer(RECALL).replace(b"Dropline Infusion", b"Dropline\x00\n\x07Infusion")
    (found,) = read(raw, name="a.json")
    assert found.title == "Dropline Infusion Pump, REF DL-100"


def test_what_is_no_number_is_taken_as_not_given() -> None:
    raw = answer(RECALL).replace(b'"The door latch may break."', b"NaN")
    (found,) = read(raw, name="a.json")
    assert (found.ref, found.reason) == ("Z-1234-2020", "")
    assert found.remarks == ("“NaN” stands where a value should; it is taken as not given.",)
    data = advisory()
    data["vulnerabilities"][0]["scores"] = [{"cvss_v3": {"baseScore": float("nan")}}]
    (found,) = read(json.dumps(data).encode(), name="a.json")
    assert found.remarks == ("The CVSS base score “NaN” is none; it is left out.",)


def test_a_text_longer_than_any_notice_is_kept_for_a_person() -> None:
    long = "Lot " + "1, " * (MOST_CHARACTERS // 3 + 1)
    (found,) = read(answer({**RECALL, "code_info": long}), name="a.json")
    assert [one[:12] for one in found.remarks] == ["The text has"]
    assert decide(found.scope, Unit(lot="7")).outcome is Outcome.UNRESOLVED
    assert len(found.text) > MOST_CHARACTERS


def test_twenty_thousand_serials() -> None:
    serials = ", ".join(str(100_000 + 7 * n) for n in range(20_000))
    (found,) = read(answer({**RECALL, "code_info": f"Serial Numbers: {serials}"}), name="a.json")
    outcomes = [decide(found.scope, Unit(ref="DL-100", serial=serial)).outcome for serial in ("100007", "100008")]
    assert outcomes == [Outcome.AFFECTED, Outcome.NOT_AFFECTED]


def test_a_number_that_stands_twice_is_kept_twice() -> None:
    refs, refused = taken(answer(RECALL, RECALL, {**RECALL, "code_info": "Lot 9"}))
    assert (refs, refused) == (["Z-1234-2020", "Z-1234-2020 #2"], [])


@pytest.mark.parametrize("odd", [None, [], {}, 7, True, "", ["a", None, {"b": 1}], "x" * 300])
@pytest.mark.parametrize(
    "name", ["product_description", "code_info", "recalling_firm", "event_id", "report_date", "status"]
)
def test_values_of_any_type(name: str, odd: object) -> None:
    refs, refused = taken(answer({**REPORT, name: odd}))
    assert (refs, refused) == (["Z-1234-2020"], [])


@pytest.mark.parametrize("odd", [None, [], {}, 7, "x", [None], [{"category": 5}]])
@pytest.mark.parametrize("name", ["notes", "references", "publisher", "title", "tracking"])
def test_parts_of_an_advisory_of_any_type(name: str, odd: object) -> None:
    refs, refused = taken(json.dumps(advisory(**{name: odd})).encode())
    if name == "tracking":
        words = "The advisory has no document.tracking.id, so it could not be found again. Ask its publisher."
        assert (refs, refused) == ([], [("file.json", words)])
    else:
        assert (refs, refused) == (["ICSMA-21-187-01"], [])


def test_told_how_to_read_it() -> None:
    assert taken(b"Notice number: 5\nLot 7", "x.bin", as_=Format.LETTER) == (["5"], [])
