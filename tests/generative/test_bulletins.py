"""Files of sources, damaged at random: nothing is raised, nothing is a fault of ours, and whole records still come."""

import datetime as dt
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.spec.test_bulletins import RECALL, REPORT, advisory, answer
from wardwright.kernel.bulletins import Bulletin, Format, Refused, load_mapping, propose, read
from wardwright.kernel.bulletins.jsontext import pieces

TODAY = dt.date(2024, 6, 1)
RECORDS = [{**RECALL, "product_res_number": f"Z-{number:04}-2020"} for number in range(1, 6)]
TABLE = b"Recall Number,Product,Lot,Date\nR1,Dropline,A1,13/02/2024\nR2,Warmline,B1,2024-03-05\n"
SEEDS = [answer(*RECORDS), answer(REPORT), json.dumps(advisory()).encode(), TABLE, b"Notice number: 5\nLot 7\n"]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def check(data: bytes, **how: object) -> list[Bulletin | Refused]:
    found = list(read(data, name="file", today=TODAY, **how))
    for one in found:
        assert isinstance(one, Bulletin | Refused)
        if isinstance(one, Refused):
            assert "fault in Wardwright" not in one.words, one
        else:
            assert one.ref and one.title and one.revision
            json.loads(one.raw)
            (one.raw + one.text + one.title + one.ref).encode()
            assert "\0" not in one.raw + one.text + one.title
    return found


@given(st.data())
@settings(max_examples=300)
def test_damaged_files(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        content[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=4))
    how = data.draw(st.sampled_from([None, *Format]))
    check(bytes(content), as_=how)


@given(st.integers(0, len(SEEDS[0])))
def test_a_file_that_is_cut_off_loses_no_whole_record(cut: int) -> None:
    """Against the obvious: a record is whole where all its text is there."""
    text = SEEDS[0].decode()[:cut]
    whole = [record for record in RECORDS if json.dumps(record) in text]
    assert [piece.value for piece in pieces(text) if piece.number and not piece.wrong] == whole


@given(st.dictionaries(st.sampled_from([*RECALL, *REPORT, "openfda"]), anything))
@settings(max_examples=200)
def test_records_with_any_values(values: dict) -> None:
    check(json.dumps({"results": [{**RECALL, **values}]}).encode())


@given(st.recursive(st.sampled_from(["P1", "", None, 5, "known_affected"]), lambda inner: st.lists(inner, max_size=2)
       | st.dictionaries(st.sampled_from(["branches", "product", "name", "category", "tracking", "id", "scores",
         "product_status", "notes", "remediations", "references", "title", "cvss_v3", "baseScore"]), inner, max_size=4),
       max_leaves=20))  # fmt: skip
@settings(max_examples=200)
def test_advisories_with_any_parts(part: object) -> None:
    data = advisory()
    for name in ("product_tree", "vulnerabilities"):
        check(json.dumps({**data, name: part}).encode())
    check(json.dumps({**data, "document": {**data["document"], "notes": part}}).encode())


@given(st.lists(st.text(max_size=12), max_size=6))
def test_a_proposed_mapping_is_saved_and_loaded(headings: list[str]) -> None:
    mapping = propose([h for h in headings if h.strip()])
    assert load_mapping(json.dumps(mapping.plain())) == mapping
