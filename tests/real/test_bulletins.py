"""Real files of sources, wholly read: how many bulletins, and what is refused. Their texts stay where they are."""

import datetime as dt
import io
import json
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from wardwright.kernel.bulletins import Bulletin, Kind, Refused, Severity, read, read_files, read_kept

pytestmark = pytest.mark.real
TODAY = dt.date(2026, 11, 22)


def read_all(*paths: Path) -> tuple[list[Bulletin], list[Refused]]:
    every = list(read_files(((path.name, path.read_bytes()) for path in paths), today=TODAY))
    taken = [one for one in every if isinstance(one, Bulletin)]
    refused = [one for one in every if isinstance(one, Refused)]
    assert all(read_kept(one.raw).scope == one.scope for one in taken)  # a better reader can read each again
    share = len(refused) / max(len(every), 1)
    understood = dict(Counter(one.scope.understood for one in taken))
    print(f"{paths[0].parent.name}: {len(taken)} taken, {len(refused)} refused ({share:.1%}), scopes {understood}")
    return taken, refused


def test_enforcement_reports(shared_data: Path) -> None:
    taken, refused = read_all(shared_data / "02_fda/recalls/openfda_device_enforcement_34_full_fields.csv")
    assert (len(taken), refused) == (18, [])
    assert Counter(one.severity for one in taken) == {Severity.CLASS_II: 17, Severity.CLASS_III: 1}
    assert all(one.published_on and one.started_on and one.event and one.maker for one in taken)
    assert {one.scope.understood for one in taken} == {"wholly"}
    assert [remark for one in taken for remark in one.remarks] == []


def test_recalls_without_their_texts(shared_data: Path) -> None:
    """The file has neither numbers nor texts: each is kept, says so, and names nobody."""
    taken, refused = read_all(shared_data / "02_fda/recalls/openfda_device_recall_1000_unique.csv")
    assert (len(taken), refused) == (1000, [])
    assert {one.ref.split()[0] for one in taken} == {"CFRES"}
    assert Counter(one.status for one in taken) == {"terminated": 830, "ongoing": 166, "completed": 4}
    assert {one.scope.understood for one in taken} == {"not"}


def test_pages_of_class_one_recalls(shared_data: Path) -> None:
    taken, refused = read_all(shared_data / "02_fda/recalls/fda_class1_recall_pages.jsonl")
    assert (len(taken), refused) == (45, [])


@pytest.mark.parametrize(("folder", "count"), [("icsma", 108), ("icsa_sample", 21)])
def test_advisories(shared_data: Path, folder: str, count: int) -> None:
    paths = sorted((shared_data / "01_csaf_kev" / folder).glob("*.json"))
    taken, refused = read_all(*paths)
    assert (len(taken), refused) == (count, [])
    assert {one.kind for one in taken} == {Kind.SECURITY_ADVISORY}
    assert all(one.cvss is not None and one.cves and one.published_on and one.url for one in taken)
    assert [remark for one in taken for remark in one.remarks] == []
    for one in taken:
        assert json.loads(one.raw)["document"]["tracking"]["id"].strip() == one.ref


def test_an_archive_of_all_advisories(shared_data: Path) -> None:
    """As the repository of CISA is given to a hospital without internet: one ZIP."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((shared_data / "01_csaf_kev").glob("ics*/*.json")):
            archive.write(path, f"CSAF/csaf_files/OT/white/{path.name}")
        archive.writestr("CSAF/csaf_files/OT/white/index.txt", "2021/icsma-21-187-01.json\n")
    every = list(read(buffer.getvalue(), name="CSAF-develop.zip", today=TODAY))
    assert (len(every), {type(one) for one in every}) == (129, {Bulletin})


def test_what_is_no_notice_is_refused_with_words(shared_data: Path) -> None:
    for name in (
        "01_csaf_kev/kev/known_exploited_vulnerabilities.json",
        "02_fda/openfda_fixtures/devicerecall_schema.json",
        "02_fda/intl/health_canada_device_incidents_sample1000.csv",
        "02_fda/maude/maude_cgm_freestyle_libre.csv.gz",
    ):
        path = shared_data / name
        taken, refused = read_all(path)
        assert (len(taken), len(refused) > 0) == (0, True), name
