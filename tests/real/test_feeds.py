"""Real advisories and reports, fetched over real HTTP from a source on loopback that serves them as publishers do."""

import csv
import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platform.test_feeds import refs, run
from tests.replay import Reply, Source, openfda, source
from wardwright.kernel.feeds import Feed, Plan

pytestmark = pytest.mark.real
DAY = dt.date(2026, 11, 22)


@pytest.fixture
def served(settings, monkeypatch) -> Iterator[Source]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    settings.FETCH_HOSTS = ["127.0.0.1"]
    with source() as server:
        yield server


def publish(served: Source, folder: Path) -> int:
    """The advisories of a folder as a provider with ``changes.csv`` and digests."""
    names = served.folder("/white", folder)
    rows = []
    for name in names:
        body = served.at[f"/white/{name}"]
        served.at[f"/white/{name}.sha256"] = f"{hashlib.sha256(body).hexdigest()}  {name}".encode()
        changed = json.loads(body)["document"]["tracking"]["current_release_date"]
        rows.append(f'"{name}","{changed}"')
    served.at["/white/changes.csv"] = "\n".join(rows).encode()
    metadata = {"distributions": [{"directory_url": f"{served.url}/white/"}]}
    served.at["/provider-metadata.json"] = json.dumps(metadata).encode()
    return len(names)


def test_all_medical_advisories_of_a_provider(served: Source, shared_data: Path) -> None:
    count = publish(served, shared_data / "01_csaf_kev" / "icsma")
    plan = Plan(f"{served.url}/provider-metadata.json", DAY, only="icsma-")
    served.bad = [Reply(status=503), Reply(status=429, headers={"Retry-After": "1"})]
    pages, cursor = run(Feed.CSAF, plan)
    print(f"{count} documents listed, {len(refs(pages))} taken, {len(served.asked)} requests")
    assert (count, len(set(refs(pages)))) == (108, 108)
    served.asked.clear()
    pages, cursor = run(Feed.CSAF, plan, cursor)
    assert ([page.unchanged for page in pages], len(served.asked)) == ([True], 2)


def test_enforcement_reports_page_by_page(served: Source, shared_data: Path) -> None:
    path = shared_data / "02_fda/recalls/openfda_device_enforcement_34_full_fields.csv"
    records = list(csv.DictReader(path.open(encoding="utf-8")))
    served.at["/device/enforcement.json"] = openfda(records, page=5)
    pages, _cursor = run(Feed.OPENFDA, Plan(f"{served.url}/device/enforcement.json", DAY))
    assert (len(refs(pages)), len(served.asked)) == (18, 4)
