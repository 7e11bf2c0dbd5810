"""Bad files of notices, each by the page and by the command: the same good part is kept, the same words are said."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.factories import make_asset, make_company, make_model, make_type, make_user
from tests.jobs import run_all
from tests.platform.test_feeds import document
from tests.spec.test_bulletins import RECALL, REPORT, answer
from wardwright.apps.notices.models import Exposure, Notice, Refusal, Run, SourceDocument
from wardwright.config.cli import main
from wardwright.platform.core.change import System

pytestmark = pytest.mark.django_db
BY = System("test")
SECOND = {**RECALL, "product_res_number": "Z-2000-2020", "cfres_id": "200000"}
BOTH = answer(RECALL, SECOND)
SERIALS = ", ".join(str(100_000 + 7 * n) for n in range(20_000))
CUT = "The text ends in the middle: it was not wholly transferred. Fetch or export it again. (line 1)"
DAMAGED = "The archive is damaged or was not wholly transferred. Fetch or copy it again."
NO_NUMBER = "It has no number in the column “Recall Number”. Fill it in, or map another column."


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return buffer.getvalue()


# Name, bytes, numbers that are kept, what is refused where.
FILES = [
    ("cut.json", BOTH[:-120], ["Z-1234-2020"], [("cut.json, record 2", CUT)]),
    ("empty.json", b"", [], [("empty.json", "The file is empty. Fetch or export it again.")]),
    ("paper.json", b"%PDF-1.7\n1 0 obj", [], [
        ("paper.json", "This is a PDF document; copy its text and paste it in as a letter."),
    ]),
    ("feed.xml", b'<?xml version="1.0"?><rss><channel><item><title>Recall</title></item></channel></rss>', [], [
        ("feed.xml", "This is XML, which is not read. Ask the source for CSV, JSON or CSAF, or paste the text in as a "
         "letter."),
    ]),
    ("cut.json.gz", gzip.compress(BOTH)[:-30], [], [("cut.json.gz", DAMAGED)]),
    ("nested.zip", zipped(in_zip=zipped(a_json=BOTH), good_json=answer(RECALL)), ["Z-1234-2020"], [
        ("nested.zip › in.zip", "It is an archive within an archive. Unpack it, and give its files."),
    ]),
    ("list.csv", "Recall Number;Product;Firm\nR1;Dropline;Dräger\n;Warmline;Acme\n".encode("cp1252"), ["R1"], [
        ("list.csv, row 3", NO_NUMBER),
    ]),
    ("few.csv", b"Colour,Product\nred,Dropline\n", [], [
        ("few.csv", "None of its columns is known to hold the number of a notice; without it a notice could not be "
         "found again. Its columns are: Colour, Product. Add a source for this list, say there what its columns mean, "
         "and bring the file for that source."),
    ]),
]  # fmt: skip


@pytest.fixture
def keeper(client):
    user = make_user(permissions=["notices.view", "notices.sources"])
    client.force_login(user, backend="wardwright.platform.access.login.PasswordBackend")
    return client


@pytest.fixture
def pumps():
    """Serial 1001 and 1250 of the model that the notices of these tests mean, and one without a serial number."""
    maker = make_company(name="CareFusion", key="carefusion", is_maker=True)
    model = make_model(maker=maker, name="Alaris 8100", device_type=make_type(name="Infusion pump"))
    return [make_asset(device_model=model, serial=serial) for serial in ("1001", "1250", "")]


def by_page(client, name: str, data: bytes, source: str = "") -> Run:
    sent = {"files": [SimpleUploadedFile(name, data)], "source": source}
    response = client.post(reverse("bring-notices"), sent)
    assert response.status_code == 302, response.content.decode()
    run_all()
    run = Run.objects.filter(part_of=None).latest("pk")
    assert response["Location"] == reverse("notice-run", args=[run.pk])
    return run


def by_command(folder: Path, name: str, data: bytes, *more: str) -> tuple[int, dict]:
    (folder / name).write_bytes(data)
    done = CliRunner().invoke(main, ["notices", "import", str(folder / name), *more, "--json"])
    return done.exit_code, json.loads(done.stdout)


def refusals() -> list[tuple[str, str]]:
    return [(one.where, str(one.words)) for one in Refusal.objects.order_by("pk")]


def refs() -> list[str]:
    return sorted(Notice.objects.values_list("ref", flat=True))


@pytest.mark.parametrize(("name", "data", "kept", "refused"), FILES, ids=[one[0] for one in FILES])
def test_by_the_page(keeper, name, data, kept, refused):
    run = by_page(keeper, name, data)
    assert (run.state, refs(), refusals()) == ("done", kept, refused)
    shown = " ".join(keeper.get(reverse("notice-run", args=[run.pk])).content.decode().split())
    for where, words in refused:
        assert where in shown and words.split("“")[0] in shown


@pytest.mark.parametrize(("name", "data", "kept", "refused"), FILES, ids=[one[0] for one in FILES])
def test_by_the_command(tmp_path, monkeypatch, name, data, kept, refused):
    monkeypatch.setattr("wardwright.config.cli.answer._require_house", lambda: None)
    code, found = by_command(tmp_path, name, data)
    assert (code, found["ok"], refs(), refusals()) == (9, False, kept, refused)
    assert [(one["where"], one["what"]) for one in found["refused"]] == refused


def test_a_bomb_is_stopped(keeper, monkeypatch):
    monkeypatch.setattr("wardwright.kernel.bulletins.unpack.MOST_BYTES", 1_000_000)
    monkeypatch.setattr("wardwright.kernel.bulletins.unpack.files_of.__defaults__", (1_000_000,))
    run = by_page(keeper, "bomb.zip", zipped(good_json=answer(RECALL), zeros_json=b"0" * 50_000_000))
    assert (run.state, refs()) == ("done", ["Z-1234-2020"])
    assert refusals() == [
        (
            "bomb.zip › zeros.json",
            "The archive unpacks to more than is allowed. Take the files out and give them one by one.",
        )
    ]


def test_a_notice_that_names_twenty_thousand_serials(keeper, pumps):
    raw = answer({**RECALL, "code_info": f"Serial Numbers: {SERIALS}", "product_description": "Alaris 8100",
                  "recalling_firm": "CareFusion"})  # fmt: skip
    by_page(keeper, "recall.json", raw)
    row = Notice.objects.get()
    assert row.read_scope.residue == ()
    assert SERIALS[-6:] in row.text
    shown = keeper.get(reverse("notice", args=[row.pk]))
    assert shown.status_code == 200
    assert {one.standing for one in Exposure.objects.filter(asset__in=pumps)} == {"excluded", "model_only"}


def test_texts_with_tags_and_control_characters_are_shown_as_text(keeper):
    odd = {**RECALL, "product_description": "Pump <script>alert(1)</script>\x07\x00 \u202e1-LD", "reason_for_recall":
           "<img src=x onerror=alert(1)>"}  # fmt: skip
    by_page(keeper, "recall.json", answer(odd))
    row = Notice.objects.select_related("case").get()
    for page in (reverse("notice", args=[row.pk]), reverse("notice-case", args=[row.case_id]), reverse("notices")):
        shown = keeper.get(page).content.decode()
        assert "<script>alert" not in shown and "<img src=x" not in shown
        assert not {"\x00", "\x07", "\u202e"} & set(shown)


def test_days_that_lie_are_kept_and_said(keeper):
    report = {**REPORT, "report_date": "20990101", "termination_date": "20100101"}
    run = by_page(keeper, "report.json", answer(report))
    row = Notice.objects.get()
    assert run.refused == 0
    assert [str(one) for one in row.remarks if "2099" in str(one) or "before" in str(one)] != []
    shown = " ".join(keeper.get(reverse("notice", args=[row.pk])).content.decode().split())
    assert all(" ".join(str(one).split())[:30] in shown for one in row.remarks)


def test_an_advisory_updated_before_it_was_published(keeper):
    data = json.loads(document(1))
    data["document"]["tracking"] |= {"initial_release_date": "2024-05-01T00:00:00Z",
                                     "current_release_date": "2020-01-01T00:00:00Z"}  # fmt: skip
    by_page(keeper, "icsma-24-001-01.json", json.dumps(data).encode())
    assert "It is said to have been updated before it was published." in map(str, Notice.objects.get().remarks)


@pytest.mark.parametrize(
    ("code_info", "told"),
    [
        (
            "Serial Numbers: 1001 to 1250. Serial numbers 1001 to 1250 are not affected.",
            "“1001” is named and left out.",
        ),
        ("Serial Numbers: 1250 to 1001", "The range “1250 to 1001” ends before it begins."),
    ],
)
def test_scopes_that_contradict_themselves_are_for_a_person(keeper, pumps, code_info, told):
    text = {"product_description": "Alaris 8100", "recalling_firm": "CareFusion", "code_info": code_info}
    by_page(keeper, "recall.json", answer({**RECALL, **text}))
    standings = set(Exposure.objects.filter(asset__in=pumps).values_list("standing", flat=True))
    assert standings and not standings & {"confirmed", "excluded"}
    shown = " ".join(keeper.get(reverse("notice", args=[Notice.objects.get().pk])).content.decode().split())
    assert f"The text contradicts itself. {told}" in shown


def test_columns_that_moved_change_nothing_and_columns_that_are_gone_stop_the_file(keeper):
    from wardwright.apps.notices import operations

    row = operations.add_source(by=BY, name="Office", kind="listed",
                                mapping={"ref": "Nummer", "description": "Was", "code_info": "Lot"})  # fmt: skip
    by_page(keeper, "a.csv", b"Nummer,Was,Lot\n7,Dropline,5\n", str(row.pk))
    run = by_page(keeper, "b.csv", b"Lot,Nummer,Was\n5,7,Dropline\n", str(row.pk))
    assert (run.unchanged, run.changed, run.refused) == (1, 0, 0)
    run = by_page(keeper, "c.csv", b"Nummer,Product,Lot\n7,Dropline,5\n", str(row.pk))
    assert (run.new, run.changed, run.refused) == (0, 0, 1)
    assert refusals() == [
        (
            "c.csv",
            "The file has no column “Was”, which the mapping names. Its columns are: Nummer, Product, Lot. Bring the "
            "right file, or change what the columns of this source mean.",
        )
    ]
    assert (Notice.objects.get().text.splitlines()[0], SourceDocument.objects.count()) == ("Dropline", 1)


def test_a_list_that_holds_much_less_is_said_and_nothing_is_deleted(keeper):
    from wardwright.apps.notices import operations

    row = operations.add_source(by=BY, name="Office", kind="listed", mapping={"ref": "No", "description": "What"})
    rows = [f"{n},Dropline {n}\n" for n in range(30)]
    by_page(keeper, "a.csv", ("No,What\n" + "".join(rows)).encode(), str(row.pk))
    run = by_page(keeper, "b.csv", ("No,What\n" + "".join(rows[:3])).encode(), str(row.pk))
    assert str(run.words) == "The source lists 3 records; before it were 30. Nothing was deleted here."
    assert Notice.objects.count() == 30
