"""Notices of other sources: tables and JSON by a mapping, and letters as plain text. All texts are made up."""

import datetime as dt
import json

import pytest

from wardwright.kernel.bulletins import (
    Bulletin,
    Format,
    Kind,
    Mapping,
    MappingError,
    Refused,
    Severity,
    Status,
    load_mapping,
    mapping_from_words,
    mapping_to_words,
    propose,
    read,
)
from wardwright.kernel.scope import Outcome, Unit, decide

TODAY = dt.date(2024, 6, 1)
TABLE = """Reference number,Title,Manufacturer,Date published,Affected products,Lot numbers,URL,Manufacturer reference
2024/001,Dropline: latch,Acme,13/02/2024,Dropline pump REF DL-100,"A1, A2",https://a.example/1,FA-77
2024/002,Warmline: burns,Acme,05/03/2024,Warmline REF WL-9,All lots,https://a.example/2,
"""


def bulletins(text: str | bytes, name: str = "list.csv", **how: object) -> list[Bulletin | Refused]:
    data = text.encode() if isinstance(text, str) else text
    return list(read(data, name=name, today=TODAY, **how))


def test_a_table_is_read_by_its_headings() -> None:
    first, second = bulletins(TABLE)
    assert (first.ref, first.title, first.maker) == ("2024/001", "Dropline: latch", "Acme")
    assert first.published_on == dt.date(2024, 2, 13)  # the first row proves the order of the second
    assert second.published_on == dt.date(2024, 3, 5)
    assert (first.also_known_as, first.url) == (("FA-77",), "https://a.example/1")
    assert first.text == "Dropline pump REF DL-100\n\nLot numbers: A1, A2"
    outcomes = [decide(first.scope, Unit(maker="Acme", ref="DL-100", lot=lot)).outcome for lot in ("A1", "A3")]
    assert outcomes == [Outcome.AFFECTED, Outcome.NOT_AFFECTED]
    assert (first.kind, first.severity) == (Kind.FIELD_SAFETY_NOTICE, Severity.UNCLASSIFIED)


@pytest.mark.parametrize(
    ("headings", "columns"),
    [
        (
            ["MHRA reference", "Title", "Issued", "Link"],
            {"ref": "MHRA reference", "title": "Title", "published_on": "Issued", "url": "Link"},
        ),
        (
            ["Recall Number", "Class", "Firm", "Product Description", "Code Information"],
            {"ref": "Recall Number", "severity": "Class", "maker": "Firm",
             "description": "Product Description", "code_info": "Code Information"},
        ),
        (
            ["Référence", "Fabricant", "Date de publication", "Produits concernés", "Numéros de lot"],
            {"ref": "Référence", "maker": "Fabricant", "published_on": "Date de publication",
             "description": "Produits concernés", "code_info": "Numéros de lot"},
        ),
        (["Title", "URL"], {"title": "Title", "url": "URL", "ref": "URL"}),  # an address is a number, too
    ],
)  # fmt: skip
def test_proposed_mappings(headings: list[str], columns: dict[str, str]) -> None:
    assert propose(headings).columns == {name: (column,) for name, column in columns.items()}


def test_rows_of_one_number_are_one_notice() -> None:
    found = bulletins(
        "Recall Number,Product,Lot\nR1,Dropline REF DL-100,A1\nR2,Other REF O-1,B1\nR1,Warmline REF WL-9,C7\n"
    )
    assert [one.ref for one in found] == ["R1", "R2"]
    both = found[0].scope
    units = [Unit(ref="DL-100", lot="A1"), Unit(ref="WL-9", lot="C7"), Unit(ref="DL-100", lot="C7")]
    assert [decide(both, unit).outcome for unit in units] == [
        Outcome.AFFECTED, Outcome.AFFECTED, Outcome.NOT_AFFECTED
    ]  # fmt: skip


def test_a_row_without_number_is_refused_and_the_others_come() -> None:
    first, second = bulletins("Recall Number,Product\n,Dropline\nR2,Warmline\n")
    assert (first.where, first.words) == (
        "list.csv, row 2",
        "It has no number in the column “Recall Number”. Fill it in, or map another column.",
    )
    assert second.ref == "R2"


def test_json_by_paths() -> None:
    mapping = load_mapping(
        {
            "mapping": "wardwright-notice-mapping",
            "version": 1,
            "records": "answer.notices",
            "columns": {"ref": "id", "description": "device.name", "code_info": "device.lots[].no", "severity": "risk"},
            "constants": {"issuer": "Office", "kind": "recall"},
            "words": {"Schwer": "I"},
        }
    )
    record = {"id": 7, "risk": "schwer", "device": {"name": "REF DL-100", "lots": [{"no": "A1"}, {"no": "A2"}]}}
    (found,) = bulletins(json.dumps({"answer": {"notices": [record]}}), "n.json", mapping=mapping)
    assert (found.ref, found.issuer, found.kind, found.severity) == ("7", "Office", Kind.RECALL, Severity.CLASS_I)
    assert found.text == "REF DL-100\n\ndevice.lots[].no: A1, A2"


def test_json_lines() -> None:
    found = bulletins('{"slug": "a", "text": "Lot 5"}\n{"slug": "b", "text": "Lot 6"}\n', "pages.jsonl")
    assert [(one.ref, one.text) for one in found] == [("a", "Lot 5"), ("b", "Lot 6")]


@pytest.mark.parametrize(
    ("plain", "words"),
    [
        ([], "A mapping is one JSON object: our field → the source's column."),
        ("{", "The mapping is no JSON."),
        ({"mapping": "x"}, "This is no mapping of notices of version 1."),
        ({"ref": 5}, "“ref” is a column, or a list of columns."),
        ({"ref": ["a", "b"]}, "“ref” comes from one column."),
    ],
)
def test_mappings_that_cannot_be_used(plain: object, words: str) -> None:
    with pytest.raises(MappingError) as error:
        load_mapping(plain)
    assert str(error.value) == words


def test_a_mapping_is_saved_and_loaded() -> None:
    mapping = Mapping({"ref": ("No",), "description": ("A", "B")}, {"issuer": "X"}, "list", "day-first", {"hoch": "I"})
    assert load_mapping(json.dumps(mapping.plain())) == mapping


def test_a_mapping_as_a_person_writes_it() -> None:
    words = """ref = Reference number
description = Product + Model
date_order = day-first
issuer: MHRA
“hoch” means I"""
    mapping = mapping_from_words(words)
    columns = {"ref": ("Reference number",), "description": ("Product", "Model")}
    assert mapping == Mapping(columns, {"issuer": "MHRA"}, "", "day-first", {"hoch": "I"})
    assert mapping_to_words(mapping) == words
    assert mapping_from_words('{"ref": "No"}') == Mapping({"ref": ("No",)})
    with pytest.raises(MappingError) as error:
        mapping_from_words("ref = No\n\nwhat is this")
    assert str(error.value) == "Line 3 of the mapping is none such as “ref = Reference number”."


def test_a_table_that_names_no_product_asks_for_a_mapping() -> None:
    (found,) = bulletins("No,Colour\n1,red\n")
    assert found.words == (
        "None of its columns is known to name the product. Its columns are: No, Colour. "
        "Add a source for this list, say there what its columns mean, and bring the file for that source."
    )


# Letters ---------------------------------------------------------------------------------------------------------

LETTER = """Acme Medical

URGENT FIELD SAFETY NOTICE
FSN reference: FA-2024-77
Date: 13 February 2024
Manufacturer: Acme Medical

Dropline infusion pump
REF DL-100
Lots: A1, A2
See also the older recall Z-0001-2019.
"""


def test_a_letter() -> None:
    (found,) = bulletins(LETTER, "letter.txt")
    assert (found.ref, found.kind, found.maker) == ("FA-2024-77", Kind.FIELD_SAFETY_NOTICE, "Acme Medical")
    assert (found.title, found.published_on) == ("Dropline infusion pump", dt.date(2024, 2, 13))
    assert found.also_known_as == ()  # what it mentions is another action
    assert decide(found.scope, Unit(maker="Acme Medical", ref="DL-100", lot="A1")).outcome is not Outcome.NOT_AFFECTED


def test_a_letter_without_number_goes_by_its_text() -> None:
    (one,) = bulletins("We found a fault in lots 5 and 6.", "a.txt")
    (two,) = bulletins("We found a fault in lots 5 and 6.\r\n", "b.txt")
    assert one.ref == two.ref and one.ref.startswith("letter-")


def test_a_day_that_may_be_two_is_left_open() -> None:
    (found,) = bulletins("Notice no: 5\nDate: 03/04/2021\nLot 5", "a.txt")
    assert (found.published_on, found.remarks) == (None, ("Date: “03/04/2021” is no day; it is left open.",))


def test_a_web_page_may_be_a_letter_when_somebody_says_so() -> None:
    page = b"<html><head><title>Notice</title></head><body><p>Notice number: 7</p><p>Lot 5</p></body></html>"
    (refused,) = bulletins(page, "a.html")
    assert isinstance(refused, Refused)
    (found,) = bulletins(page, "a.html", as_=Format.LETTER)
    assert (found.ref, found.status) == ("7", Status.UNKNOWN)
