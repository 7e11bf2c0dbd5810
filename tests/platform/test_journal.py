"""The journal beside the trail: a disk that fills up in the middle of a line, and what the verification says of it."""

import subprocess
import sys

import pytest

from tests.factories import make_site
from wardwright.platform.audit import journal, keys
from wardwright.platform.audit.sealing import seal_pending
from wardwright.platform.audit.verify import verify

FULL_DISK = """
import resource, signal, sys
from types import SimpleNamespace
from django.conf import settings
settings.configure(WARDWRIGHT_HOME=sys.argv[1])
from wardwright.platform.audit import journal

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
def note(number, limit):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    journal.append(SimpleNamespace(id=number, records=1, mac=bytes(32)))
note(101, hard)
note(102, 100)
note(103, 100)
note(104, hard)
"""


@pytest.fixture
def home(settings, tmp_path):
    keys.private_key()
    settings.WARDWRIGHT_HOME = tmp_path
    journal._file = None
    yield tmp_path
    journal._file = None


def test_after_a_line_that_a_full_disk_cut_off_the_next_one_is_whole(home):
    done = subprocess.run([sys.executable, "-c", FULL_DISK, str(home)], capture_output=True, text=True, check=True)
    (path,) = journal.files()
    assert [change_id for change_id, _records, _mac in journal.entries(path)] == [101, 104]
    assert done.stderr.count("could not be noted in the audit journal") == 2
    (said,) = journal.cut_off()
    assert said.startswith(f"{path.name}, line 2: “102 1 0")


@pytest.mark.django_db
class TestVerifying:
    def test_it_says_which_lines_were_cut_off_and_that_nothing_was_tampered_with(self, home, system):
        make_site(by=system, code="A")
        tail = home / "audit" / "tail"
        tail.mkdir(parents=True, exist_ok=True)
        (tail / "1-ab.log").write_text("17 3 00ff\n")
        report = verify()
        assert (report.ok, len(report.notes)) == (True, 1)
        assert report.notes[0].startswith("1-ab.log, line 1: “17 3 00ff” was cut off")
        assert report.as_dict()["notes"] == report.notes

    def test_a_seal_is_noted_on_a_line_of_its_own_after_one_that_was_cut_off(self, home, system):
        make_site(by=system, code="A")
        seal_pending()
        whole = (home / "audit" / "seals.log").read_text()
        (home / "audit" / "seals.log").write_text(whole[:-30])
        make_site(by=system, code="B")
        seal_pending()
        assert sorted(journal.noted_seals()) == [2]
        report = verify()
        assert (report.problems, [note[:18] for note in report.notes]) == ([], ["seals.log, line 1:"])

    def test_it_tells_how_far_it_is(self, home, system):
        for number in range(3):
            make_site(by=system, code=str(number))
        heard = []
        report = verify(lambda done, total: heard.append((done, total)))
        assert (heard[0], heard[-1]) == ((0, 3), (3, 3))
        assert report.changes == 3
