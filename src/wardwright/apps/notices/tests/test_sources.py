"""Sources: kept, fetched from a real peer on loopback, gone on with after a stop, and files brought by hand."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.factories import make_user, writes
from tests.jobs import run_all
from tests.platform.test_feeds import FIRST, document, provider, recalls
from tests.replay import Reply, openfda, source
from tests.spec.test_bulletins import RECALL, REPORT, answer

from wardwright.apps.notices import operations
from wardwright.apps.notices.models import Case, Notice, Refusal, Run, Source, SourceDocument
from wardwright.apps.notices.operations.bringing import read_run
from wardwright.apps.notices.operations.fetching import TELL_AFTER, ask_due_sources, fetch_source
from wardwright.apps.notices.states import RunState, SourceKind
from wardwright.platform.attachments.store import put
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Denied, Invalid, NotNow, StaleEdit
from wardwright.platform.events.registry import EVENTS  # noqa: F401 - events are declared
from wardwright.platform.fetching.client import Fetcher

pytestmark = pytest.mark.django_db
BY = System("test")


@pytest.fixture
def served(settings, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    settings.FETCH_HOSTS = ["127.0.0.1"]
    quick = Fetcher.__init__
    monkeypatch.setattr(
        Fetcher, "__init__", lambda self, manners=None, **how: quick(self, manners, sleep=_no_time, **how)
    )
    with source() as server:
        yield server


def _no_time(seconds: float) -> None:
    """Pauses of politeness are counted elsewhere."""


def feed(served, kind=SourceKind.OPENFDA, path="/device/recall.json", **how) -> Source:
    return operations.add_source(by=BY, name=f"Feed {path}", kind=kind, url=f"{served.url}{path}", **how)


def fetched(row: Source) -> Run:
    """One run to its end, here and now."""
    run = operations.ask_source(by=BY, source_id=row.pk)
    fetch_source.func(run.pk)
    run.refresh_from_db()
    return run


def counts(run: Run) -> tuple:
    return (run.state, run.new, run.changed, run.unchanged, run.refused)


# Keeping ---------------------------------------------------------------------------------------------------------


def test_shipped_sources_are_there_and_off():
    operations.load_sources(by=BY)
    assert operations.load_sources(by=BY) == 0
    rows = Source.objects.exclude(kind__in=("files", "letters"))
    assert sorted(rows.values_list("name", "kind", "is_on")) == [
        ("CISA medical advisories", "csaf", False),
        ("openFDA device recalls", "openfda", False),
        ("openFDA enforcement reports", "openfda", False),
    ]
    assert ask_due_sources() == 0


def test_a_source_is_added_switched_on_and_off_and_changed(served):
    row = feed(served, only="x", every_hours=6)
    assert (row.is_on, row.next_run_at, row.options) == (False, None, {"only": "x", "per_minute": 30})
    row = operations.resume_source(by=BY, source_id=row.pk)
    assert row.is_on and row.next_run_at <= timezone.now()
    row = operations.pause_source(by=BY, source_id=row.pk)
    assert (row.is_on, row.next_run_at) == (False, None)
    row = operations.edit_source(by=BY, source_id=row.pk, expected_version=row.version, every_hours=12)
    assert (row.every_hours, row.url) == (12, f"{served.url}/device/recall.json")
    with pytest.raises(StaleEdit):
        operations.edit_source(by=BY, source_id=row.pk, expected_version=1, every_hours=24)
    names = AuditChange.objects.order_by("-pk").values_list("operation", flat=True)[:4]
    assert list(names) == [
        "notices.edit_source", "notices.pause_source", "notices.resume_source", "notices.add_source"
    ]  # fmt: skip


def test_a_source_that_loses_its_address_is_asked_no_more():
    row = operations.add_source(by=BY, name="Office", kind="listed", url="https://example.org/list.csv")
    operations.resume_source(by=BY, source_id=row.pk)
    row = operations.edit_source(by=BY, source_id=row.pk, url="")
    assert (row.url, row.is_on, row.next_run_at) == ("", False, None)


@writes
def without_address(*, row: Source) -> None:
    Source.objects.filter(pk=row.pk).update(url="")


def test_a_source_that_cannot_be_asked_says_so_and_holds_up_no_other():
    rows = [
        operations.add_source(by=BY, name=name, kind="listed", url=f"https://example.org/{name}.csv")
        for name in ("first", "second")
    ]
    for row in rows:
        operations.resume_source(by=BY, source_id=row.pk)
    without_address(row=rows[0])
    assert [ask_due_sources(), ask_due_sources()] == [1, 1]
    runs = Run.objects.order_by("pk").values_list("source__name", "state", "words")
    assert list(runs) == [
        ("first", RunState.FAILED, "first has no address to ask. Bring its files by hand."),
        ("second", RunState.RUNNING, ""),
    ]
    assert Source.objects.get(pk=rows[0].pk).failures == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"url": "http://example.org/a.json"}, "url"),
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"url": ""}, "url"),
        ({"kind": "files"}, "kind"),
        ({"every_hours": 0}, "every_hours"),
        ({"per_minute": 0}, "per_minute"),
        ({"only": "\n"*3 + "a\nb"}, "only"),
        ({"mapping": {"title": "Title"}}, "mapping"),
        ({"mapping": {"colour": "Colour"}}, "mapping"),
        ({"name": ""}, "name"),
        ({"name": "Taken"}, "name"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_source(values, field, settings):
    settings.FETCH_HOSTS = []
    operations.add_source(by=BY, name="Taken", kind="listed", url="https://example.org/a.csv")
    good = {"name": "New", "kind": "openfda", "url": "https://api.fda.gov/device/recall.json"}
    with pytest.raises(Invalid) as error:
        operations.add_source(by=BY, **{**good, **values})
    assert list(error.value.fields) == [field]
    assert Source.objects.filter(kind__in=("openfda", "listed")).count() == 1


def test_who_may_keep_sources(served):
    user = make_user(permissions=["notices.view", "notices.review"])
    row = feed(served)
    for run in (
        lambda: operations.add_source(by=user, name="a", kind="csaf", url="https://example.org"),
        lambda: operations.edit_source(by=user, source_id=row.pk, every_hours=5),
        lambda: operations.resume_source(by=user, source_id=row.pk),
        lambda: operations.pause_source(by=user, source_id=row.pk),
        lambda: operations.ask_source(by=user, source_id=row.pk),
        lambda: operations.bring_files(by=user, files=[{"sha256": put(b"x"), "name": "a"}]),
    ):
        with pytest.raises(Denied):
            run()
    assert (Run.objects.count(), Source.objects.get(pk=row.pk).is_on) == (0, False)


# Fetching --------------------------------------------------------------------------------------------------------


def test_a_run_says_what_it_brought(served):
    served.at["/device/recall.json"] = openfda([*recalls(4), {"cfres_id": "", "res_event_number": "1"}], page=3)
    row = feed(served)
    run = fetched(row)
    assert counts(run) == (RunState.DONE, 4, 0, 0, 1)
    assert (run.requests, run.fetched, run.bytes_read > 0, run.ended_at is not None) == (2, 5, True, True)
    refused = Refusal.objects.get(run=run)
    assert refused.where == "recall-2.json, record 2"
    assert str(refused.words).startswith("The record has no recall number")
    row.refresh_from_db()
    assert (row.failures, row.last_good_at, row.cursor["total"]) == (0, run.ended_at, 5)
    assert sorted(Notice.objects.values_list("ref", flat=True)) == [f"Z-{n:04}-2024" for n in range(1, 5)]
    assert SourceDocument.objects.count() == 4


def test_what_is_fetched_again_is_unchanged_or_changed(served):
    records = recalls(3, timezone.localdate().isoformat())
    served.at["/device/recall.json"] = openfda(records, page=10)
    row = feed(served)
    fetched(row)
    changed = [{**records[0], "code_info": "Serial Numbers: 1-9"}, *records[1:]]
    served.at["/device/recall.json"] = openfda(changed, page=10, updated="2024-06-09")
    assert counts(fetched(row)) == (RunState.DONE, 0, 1, 2, 0)
    first = Notice.objects.get(ref="Z-0001-2024")
    assert (first.text.splitlines()[-1], SourceDocument.objects.filter(notice=first).count()) == (
        "Serial Numbers: 1-9", 2,
    )  # fmt: skip
    assert counts(fetched(row)) == (RunState.DONE, 0, 0, 0, 0)  # not updated since: nothing is read


def test_a_run_that_is_stopped_goes_on_behind_the_last_page(served):
    served.at["/device/recall.json"] = openfda(recalls(9), page=3)
    row = operations.resume_source(by=BY, source_id=feed(served).pk)
    answered = served.at["/device/recall.json"]

    def dies(source, asked, headers):
        return Reply(b"x" * 100, cut=5) if "search_after=6" in asked else answered(source, asked, headers)

    served.at["/device/recall.json"] = dies
    run = fetched(row)
    assert counts(run) == (RunState.FAILED, 6, 0, 0, 0)
    assert str(run.words) == "The source cut the connection before its answer was complete."
    row.refresh_from_db()
    assert (row.failures, row.last_good_at) == (1, None)
    assert timedelta(minutes=14) < row.next_run_at - timezone.now() <= timedelta(minutes=15)
    served.at["/device/recall.json"] = answered
    served.asked.clear()
    again = fetched(row)
    assert counts(again) == (RunState.DONE, 3, 0, 0, 0)
    assert len(served.asked) == 1
    row.refresh_from_db()
    assert (row.failures, row.last_good_at) == (0, again.ended_at)
    assert timedelta(hours=23) < row.next_run_at - timezone.now() <= timedelta(hours=24)


def test_a_job_that_died_goes_on_in_the_same_run(served):
    """The worker was killed behind the first page: the run is still open, and the job runs once more."""
    served.at["/device/recall.json"] = openfda(recalls(6), page=3)
    row = feed(served)
    run = operations.ask_source(by=BY, source_id=row.pk)
    from wardwright.apps.notices.operations import fetching

    taken = fetching.keep_place
    with pytest.MonkeyPatch.context() as patched:

        def dies(**values):
            taken(**values)
            raise KeyboardInterrupt

        patched.setattr(fetching, "keep_place", dies)
        with pytest.raises(KeyboardInterrupt):
            fetch_source.func(run.pk)
    assert operations.ask_source(by=BY, source_id=row.pk).pk == run.pk
    served.asked.clear()
    fetch_source.func(run.pk)
    run.refresh_from_db()
    assert counts(run) == (RunState.DONE, 6, 0, 0, 0)
    assert len(served.asked) == 1


def test_a_source_that_keeps_failing_is_told_of_and_keeps_its_last_good_state(served):
    served.at["/device/recall.json"] = openfda(recalls(2), page=3)
    row = operations.resume_source(by=BY, source_id=feed(served).pk)
    fetched(row)
    served.at["/device/recall.json"] = Reply(b"<html><title>Sorry</title></html>")
    for _time in range(TELL_AFTER[0]):
        run = fetched(row)
    row.refresh_from_db()
    assert (run.state, row.failures, row.last_good_at is not None) == (RunState.FAILED, 3, True)
    assert "answered a web page instead of records of openFDA" in str(row.last_words)
    assert Notice.objects.count() == 2
    from wardwright.platform.jobs.models import Job

    told = [job.args for job in Job.objects.filter(task__endswith="handle_event") if "SourceFailed" in str(job.args)]
    assert [args[2] for args in told if args[1].endswith("tell_of_failures")] == [{"source_id": row.pk, "times": 3}]


def test_a_source_that_wants_a_pause_gets_it(served):
    served.at["/device/recall.json"] = Reply(status=429, headers={"Retry-After": "86400"})
    row = operations.resume_source(by=BY, source_id=feed(served, every_hours=1).pk)
    run = fetched(row)
    row.refresh_from_db()
    assert (run.state, len(served.asked)) == (RunState.FAILED, 1)
    assert timedelta(hours=23) < row.next_run_at - timezone.now() <= timedelta(hours=24)


def test_a_feed_that_shrinks_deletes_nothing_and_is_said(served):
    served.at["/device/recall.json"] = openfda(recalls(30), page=50)
    row = feed(served)
    fetched(row)
    served.at["/device/recall.json"] = openfda(recalls(3), page=50, updated="2024-06-09")
    cursor = Source.objects.get(pk=row.pk).cursor | {"full_on": "2020-01-01"}
    operations.keep_place(by=BY, run_id=Run.objects.latest("pk").pk, cursor=cursor)
    run = fetched(row)
    assert counts(run) == (RunState.DONE, 0, 0, 3, 0)
    assert str(run.words) == "The source lists 3 records; before it were 30. Nothing was deleted here."
    assert Notice.objects.count() == 30


def test_advisories_of_a_provider(served):
    provider(served, FIRST, rolie=True)
    served.at["/white/2024/icsma-24-002-01.json.sha256"] = b"0" * 64
    row = operations.add_source(by=BY, name="Advisories", kind="csaf", url=served.url, only="icsma-", per_minute=240)
    run = fetched(row)
    assert counts(run) == (RunState.DONE, 2, 0, 0, 1)
    served.at["/white/2024/icsma-24-001-01.json"] = document(1, "2")
    provider(served, {**FIRST, 1: "2024-05-05"}, rolie=True)
    assert counts(fetched(row)) == (RunState.DONE, 1, 1, 0, 0)


def test_a_list_at_an_address_with_its_mapping(served):
    served.at["/list.csv"] = b"Nummer,Was,Wer\n7,Dropline REF DL-100,Acme\n"
    mapping = {"ref": "Nummer", "description": "Was", "maker": "Wer"}
    row = feed(served, "listed", "/list.csv", mapping=mapping)
    assert counts(fetched(row)) == (RunState.DONE, 1, 0, 0, 0)
    assert Notice.objects.get().maker == "Acme"
    assert counts(fetched(row)) == (RunState.DONE, 0, 0, 0, 0)  # 304


def test_a_list_that_cannot_be_read_fails_and_is_asked_for_again(served):
    """Its last good state is kept, and the same bytes are not taken for "nothing new" the next time."""
    served.at["/list.csv"] = b"Nummer,Was\n7,Dropline\n"
    row = feed(served, "listed", "/list.csv", mapping={"ref": "Nummer", "description": "Was"})
    first = fetched(row)
    served.at["/list.csv"] = b"Number,Product\n7,Warmline\n"
    for times in (1, 2):
        run = fetched(row)
        row.refresh_from_db()
        assert (*counts(run), row.failures) == (RunState.FAILED, 0, 0, 0, 1, times)
        assert str(row.last_words).startswith("The file has no column “Nummer”, which the mapping names.")
    assert (row.last_good_at, Notice.objects.get().text.strip()) == (first.ended_at, "Dropline")


def test_a_list_that_shrinks_is_said_and_deletes_nothing(served):
    rows = [f"{n},Dropline {n}\n" for n in range(20)]
    served.at["/list.csv"] = ("Nummer,Was\n" + "".join(rows)).encode()
    row = feed(served, "listed", "/list.csv", mapping={"ref": "Nummer", "description": "Was"})
    fetched(row)
    served.at["/list.csv"] = ("Nummer,Was\n" + rows[0]).encode()
    run = fetched(row)
    assert str(run.words) == "The source lists 1 records; before it were 20. Nothing was deleted here."
    assert (counts(run), Notice.objects.count()) == ((RunState.DONE, 0, 0, 1, 0), 20)


def test_only_what_is_due_is_asked(served):
    served.at["/device/recall.json"] = openfda(recalls(1), page=3)
    row = operations.resume_source(by=BY, source_id=feed(served).pk)
    feed(served, path="/device/enforcement.json")
    assert ask_due_sources() == 1
    run_all()
    run = Run.objects.get(source=row)
    assert (run.state, Notice.objects.count()) == (RunState.DONE, 1)
    assert ask_due_sources() == 0


def test_a_source_without_an_address_is_not_asked(served):
    row = operations.add_source(by=BY, name="A list", kind="listed")
    for run in (operations.ask_source, operations.resume_source):
        with pytest.raises(NotNow):
            run(by=BY, source_id=row.pk)


# Brought by hand ---------------------------------------------------------------------------------------------------


def brought(*files: tuple[str, bytes], source_id: int | None = None) -> list[Run]:
    kept = [{"sha256": put(data), "name": name} for name, data in files]
    run = operations.open_run_of_files(by=BY, files=kept, source_id=source_id)
    return list(Run.objects.filter(pk__in=read_run(run)["runs"]).select_related("source").order_by("pk"))


def test_files_go_under_the_source_that_they_would_have_come_from():
    operations.load_sources(by=BY)
    files = [("recall.json", answer(RECALL)), ("enforcement.json", answer(REPORT)), ("a.json", document(1))]
    runs = brought(*files, ("list.csv", b"Recall Number,Product\nR1,Dropline\n"), ("bad.json", b"<html></html>"))
    assert [(run.source.name, run.state, run.new, run.refused) for run in runs] == [
        ("Files", "done", 1, 1),
        ("openFDA device recalls", "done", 1, 0),
        ("openFDA enforcement reports", "done", 1, 0),
        ("CISA medical advisories", "done", 1, 0),
    ]
    assert Case.objects.filter(pk__in=Notice.objects.filter(ref="Z-1234-2020").values("case")).count() == 1
    again = brought(*files)
    assert [(run.new, run.changed, run.unchanged) for run in again] == [(0, 0, 0), (0, 0, 1), (0, 0, 1), (0, 0, 1)]


def test_reading_that_was_stopped_goes_on_and_counts_nothing_twice(monkeypatch):
    """The worker was killed behind the first records; the job runs once more."""
    operations.load_sources(by=BY)
    from wardwright.apps.notices.operations import bringing

    monkeypatch.setattr(bringing, "batches", lambda found: ([one] for one in found))
    files = [("recall.json", answer(*recalls(3))), ("bad.json", b"{}"), ("a.json", document(1))]
    kept = [{"sha256": put(data), "name": name} for name, data in files]
    run = operations.open_run_of_files(by=BY, files=kept)
    took, left = bringing.take_batch, [2]

    def dies(**values):
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        took(**values)

    monkeypatch.setattr(bringing, "take_batch", dies)
    with pytest.raises(KeyboardInterrupt):
        bringing.read_brought_files.func(run.pk)
    assert Notice.objects.count() == 2
    monkeypatch.setattr(bringing, "take_batch", took)
    bringing.read_brought_files.func(run.pk)
    runs = Run.objects.order_by("pk").select_related("source")
    assert [(one.source.name, *counts(one), one.part_of_id) for one in runs] == [
        ("Files", RunState.DONE, 0, 0, 0, 1, None),
        ("openFDA device recalls", RunState.DONE, 3, 0, 0, 0, run.pk),
        ("CISA medical advisories", RunState.DONE, 1, 0, 0, 0, run.pk),
    ]


def test_files_of_a_named_source_are_read_by_its_mapping():
    row = operations.add_source(by=BY, name="A list", kind="listed", mapping={"ref": "Nummer", "description": "Was"})
    (run,) = brought(("a.csv", b"Nummer,Was\n7,Dropline\n"), source_id=row.pk)
    assert (run.source, run.new) == (row, 1)


def test_files_are_read_in_the_background():
    run = operations.bring_files(by=BY, files=[{"sha256": put(answer(RECALL)), "name": "recall.json"}])
    run_all()
    run.refresh_from_db()
    assert (run.state, run.new, run.files[0]["name"]) == (RunState.DONE, 1, "recall.json")


def test_files_that_are_not_kept_or_too_many(served):
    with pytest.raises(Invalid):
        operations.bring_files(by=BY, files=[])
    with pytest.raises(Exception) as error:
        operations.bring_files(by=BY, files=[{"sha256": "0" * 64, "name": "a"}])
    assert type(error.value).__name__ == "NotFound"
    assert Run.objects.count() == 0


def test_odd_json_of_the_world_is_kept_out_of_the_tables():
    odd = {**RECALL, "product_description": "Pump\x00 \ud800", "reason_for_recall": "\x00"}
    (run, *_rest) = brought(("a.json", json.dumps({"results": [odd]}).encode()))
    assert (run.state, Notice.objects.count()) == (RunState.DONE, 1)
