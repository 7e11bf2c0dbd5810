"""Real files of notices by the command, whole and damaged; and fetched by a run, as publishers serve them."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.real.test_feeds import publish, served  # noqa: F401 - a fixture
from tests.replay import Reply, Source
from wardwright.apps.notices import operations
from wardwright.apps.notices.models import Notice, Refusal, Run
from wardwright.apps.notices.operations.fetching import fetch_source
from wardwright.config.cli import main
from wardwright.platform.core.change import System
from wardwright.platform.fetching.client import Fetcher

pytestmark = [pytest.mark.real, pytest.mark.django_db]
BY = System("test")
REPORTS = "02_fda/recalls/openfda_device_enforcement_34_full_fields.csv"


@pytest.fixture
def house(monkeypatch):
    monkeypatch.setattr("wardwright.config.cli.answer._require_house", lambda: None)
    operations.load_sources(by=BY)


def brought(*paths: Path) -> tuple[int, dict[str, int], list[str]]:
    done = CliRunner().invoke(main, ["notices", "import", *map(str, paths), "--json"])
    told = json.loads(done.stdout)
    return done.exit_code, {one["source"]: one["new"] for one in told["runs"]}, [r["what"] for r in told["refused"]]


def test_every_real_file_comes_in_and_nothing_twice(house, shared_data: Path) -> None:
    recalls = shared_data / "02_fda/recalls"
    paths = [recalls, shared_data / "01_csaf_kev/icsa_sample", shared_data / "01_csaf_kev/icsma"]
    code, new, refused = brought(*paths, recalls / "fda_class1_recall_pages.jsonl")
    print(new)
    assert (code, refused) == (0, [])
    assert new == {"Files": 66, "openFDA enforcement reports": 18, "openFDA device recalls": 1000,
                   "CISA medical advisories": 108}  # fmt: skip
    code, new, refused = brought(*paths)
    assert (code, set(new.values()), refused) == (0, {0}, [])


def test_a_list_of_another_kind_is_refused_with_its_columns(house, shared_data: Path) -> None:
    code, new, refused = brought(shared_data / "02_fda/intl", shared_data / "01_csaf_kev/kev")
    assert (code, new, len(refused)) == (9, {"Files": 0}, 4)
    assert "Its columns are: INCIDENT_ID, " in " ".join(refused)


def test_real_reports_damaged(house, shared_data: Path, tmp_path: Path) -> None:
    """Columns in another order, another encoding, another delimiter: the same reports. Cut: what is whole."""
    rows = list(csv.reader((shared_data / REPORTS).open(encoding="utf-8")))
    turned = io.StringIO()
    csv.writer(turned, delimiter=";").writerows([row[::-1] for row in rows])
    code, new, _refused = brought(shared_data / REPORTS)
    (tmp_path / "turned.csv").write_bytes(turned.getvalue().encode("utf-16"))
    code, new, refused = brought(tmp_path / "turned.csv")
    assert (code, new, refused) == (0, {"Files": 0, "openFDA enforcement reports": 0}, [])
    assert Notice.objects.count() == 18


def test_real_advisories_damaged(house, shared_data: Path, tmp_path: Path) -> None:
    paths = sorted((shared_data / "01_csaf_kev/icsma").glob("*.json"))[:3]
    whole = paths[0].read_bytes()
    with zipfile.ZipFile(tmp_path / "some.zip", "w") as archive:
        archive.writestr("cut.json", whole[: len(whole) // 2])
        archive.writestr("page.json", b"<html><title>Sign in</title></html>")
        archive.writestr("good.json", paths[1].read_bytes())
    code, new, refused = brought(tmp_path / "some.zip")
    assert (code, new["CISA medical advisories"], len(refused)) == (9, 1, 2)
    assert [one.where for one in Refusal.objects.order_by("where")] == ["some.zip › cut.json", "some.zip › page.json"]


def test_a_run_over_all_real_advisories(house, served: Source, shared_data: Path, monkeypatch) -> None:  # noqa: F811
    """One is not given, one has another digest, one leads inside: the others come, the next run gets them."""
    quick = Fetcher.__init__
    monkeypatch.setattr(
        Fetcher, "__init__", lambda self, manners=None, **how: quick(self, manners, sleep=lambda seconds: None, **how)
    )
    count = publish(served, shared_data / "01_csaf_kev" / "icsma")
    listed = served.at["/white/changes.csv"]
    assert isinstance(listed, bytes)
    names = [row[0] for row in csv.reader(io.StringIO(listed.decode()))]
    good = {name: served.at[f"/white/{name}"] for name in names[:3]}
    served.at[f"/white/{names[0]}"] = Reply(status=500)
    served.at[f"/white/{names[1]}"] = good[names[1]][:-500]  # type: ignore[index]
    served.at[f"/white/{names[2]}"] = Reply(status=302, headers={"Location": "https://10.0.0.1/a.json"})
    row = operations.add_source(by=BY, name="Mirror", kind="csaf", url=f"{served.url}/provider-metadata.json",
                                only="icsma-", per_minute=240)  # fmt: skip
    first = fetched(row)
    assert (first.state, first.new, first.refused) == ("done", count - 3, 3)
    assert sorted(one.where.rsplit("/", 1)[-1] for one in Refusal.objects.filter(run=first)) == sorted(names[:3])
    for name, body in good.items():
        served.at[f"/white/{name}"] = body
    second = fetched(row)
    assert (second.state, second.new, second.changed, second.refused) == ("done", 3, 0, 0)
    third = fetched(row)
    assert (third.new, third.requests, third.fetched) == (0, 2, 0)


def fetched(row) -> Run:
    run = operations.ask_source(by=BY, source_id=row.pk)
    fetch_source.func(run.pk)
    run.refresh_from_db()
    return run
