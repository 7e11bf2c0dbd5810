"""Labels: what is printed can be read again, whole sheets and halves of them, and the text for label printers."""

import re
import subprocess
from datetime import date
from io import BytesIO
from shutil import which

import pytest
import zxingcpp
from pypdf import PdfReader
from tests.factories import make_asset, make_company, make_department, make_model, make_site, make_type, make_user

from wardwright.apps.assets import labels, operations
from wardwright.apps.assets.data import label_formats
from wardwright.apps.assets.models import AssetCode, LabelFormat
from wardwright.apps.assets.queries import labels as content
from wardwright.apps.assets.queries.labels import symbol_of
from wardwright.kernel.udi import FNC1
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Denied, Invalid, NotFound, StaleEdit

BY = System("test")
UDI = "(01)00844588003288(17)301231(10)L7(21)SN900"
MM = 72 / 25.4  # points of a PDF
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def formats():
    operations.load_label_formats(by=BY)


def wanted(code="single-50x25", **given):
    return labels.wish(BY, label_format=code, **given)


def pdf_of(assets, code="single-50x25", **given):
    return labels.labels_pdf(by=BY, asset_ids=[asset.pk for asset in assets], wish=wanted(code, **given))


def read(pdf: bytes, folder, page=1) -> list[str]:
    """What a scanner finds on a page of the PDF, from its picture at 300 dpi."""
    if which("pdftoppm") is None:
        pytest.skip("pdftoppm (Debian package: poppler-utils) makes the picture of the PDF; it was not found.")
    (folder / "labels.pdf").write_bytes(pdf)
    command = ["pdftoppm", "-gray", "-r", "300", "-f", str(page), "-l", str(page), "-singlefile", "labels.pdf", "page"]
    subprocess.run(command, cwd=folder, check=True)
    head, size, _most, pixels = (folder / "page.pgm").read_bytes().split(b"\n", 3)
    assert head == b"P5"
    width, height = map(int, size.split())
    return scanned(pixels, width, height)


def scanned(pixels: bytes, width: int, height: int) -> list[str]:
    view = zxingcpp.ImageView(pixels, width, height, zxingcpp.ImageFormat.Lum)
    return sorted(f"{found.symbology_identifier} {found.bytes.decode()}" for found in zxingcpp.read_barcodes(view))


def test_the_printed_label_holds_exactly_the_address_and_the_udi(settings, tmp_path):
    settings.BASE_URL = "https://devices.hospital.example"
    model = make_model(name="Perfect", maker=make_company(name="Helix"), device_type=make_type(name="Infusion pump"))
    site = make_site(name="North")
    asset = make_asset(udi=UDI, udi_di="00844588003288", serial="SN900", device_model=model, site=site)
    pdf = pdf_of([asset])
    code = AssetCode.objects.get(asset=asset).code
    assert read(pdf, tmp_path) == [
        f"]Q1 https://devices.hospital.example/r/{code}",
        f"]d2 01008445880032881730123110L7{FNC1}21SN900",
    ]
    page = PdfReader(BytesIO(pdf)).pages[0]
    assert [round(float(side) / MM, 1) for side in page.mediabox[2:]] == [50.0, 25.0]
    words = page.extract_text()
    for text in (asset.tag, "Infusion pump", "Helix Perfect", "SN SN900", "North", "Wardwright"):
        assert text in words


@pytest.mark.parametrize("code", [row["code"] for row in label_formats()])
def test_every_shipped_format_can_be_read(settings, tmp_path, code):
    settings.BASE_URL = "https://devices.hospital.example"
    asset = make_asset(tag="EQ-000123", udi=UDI, udi_di="00844588003288", serial="SN900")
    row = LabelFormat.objects.get(code=code)
    found = read(pdf_of([asset], code, start=row.sheet().per_page), tmp_path)
    address = f"]Q1 https://devices.hospital.example/r/{AssetCode.objects.get(asset=asset).code}"
    assert address in found
    assert len(found) in (row.halves, 2 * row.halves)


def test_a_half_used_sheet_goes_on_where_it_was_left(tmp_path):
    assets = [make_asset(tag=f"EQ-{n:06d}") for n in range(8)]
    pages = PdfReader(BytesIO(pdf_of(assets, "a4-3x7", start=18, symbols="none"))).pages
    texts = [page.extract_text() for page in pages]
    assert [re.findall(r"EQ-\d{6}", text) for text in texts] == [
        [asset.tag for asset in assets[:4]],
        [asset.tag for asset in assets[4:]],
    ]
    assert [round(float(side) / MM) for side in pages[0].mediabox[2:]] == [210, 297]


def test_a_long_line_stays_one_line_of_its_own():
    kind = make_type(name="Neonatal transport ventilator")
    model = make_model(device_type=kind, maker=make_company(name="Hamilton Medical"), name="HAMILTON-T1 neo")
    pdf = pdf_of([make_asset(device_model=model, tag="EQ-000199", serial="CW9973228")], symbols="both")
    lines = PdfReader(BytesIO(pdf)).pages[0].extract_text().splitlines()
    assert [line.split()[0] for line in lines[:4]] == ["EQ-000199", "Neonatal", "Hamilton", "SN"]


class TestTheDataMatrix:
    def held(self, **given) -> tuple[str, bool]:
        symbol = symbol_of(make_asset(**given))
        return symbol.content, symbol.gs1

    def test_the_own_udi_comes_first(self, settings):
        settings.GS1_PREFIX = "95012345"
        assert self.held(udi=UDI) == (f"01008445880032881730123110L7{FNC1}21SN900", True)

    def test_a_hibcc_udi_stays_what_it_is(self):
        assert self.held(udi="+A99912345/$$52001510X3/S1")[1] is False

    def test_the_giai_of_the_house(self, settings):
        settings.GS1_PREFIX = "95012345"
        assert self.held(tag="EQ-000123") == ("800495012345EQ-000123", True)

    def test_the_models_gtin_with_the_serial_number(self):
        model = make_model(udi_di="00844588003288")
        assert self.held(device_model=model, serial="A(1)_B") == ("010084458800328821A(1)_B", True)

    def test_else_the_asset_number(self):
        assert self.held(tag="Gerät 7", serial="") == ("Gerät 7", False)


def test_the_label_of_what_is_due_says_when(tmp_path, monkeypatch):
    asset, other = make_asset(), make_asset()
    monkeypatch.setattr(content, "_DUE", [lambda by, ids: {asset.pk: date(2027, 3, 9)}])
    first, second = PdfReader(BytesIO(pdf_of([asset, other], wording="due"))).pages
    assert "9 Mar 2027" in first.extract_text()
    assert "not planned" in second.extract_text()


def test_the_preview_writes_nothing_and_says_what_does_not_fit():
    asset = make_asset()
    png, lost = labels.preview(by=BY, asset_ids=[asset.pk], wish=wanted("a4-3x7"))
    assert (png[:8], lost, AssetCode.objects.count()) == (b"\x89PNG\r\n\x1a\n", [], 0)
    sizes = {"page_width_mm": 12, "page_height_mm": 8, "width_mm": 12, "height_mm": 8}
    tiny = operations.create_label_format(by=BY, values={"code": "tiny", "name": "Tiny", **sizes})
    assert labels.preview(by=BY, asset_ids=[asset.pk], wish=wanted(tiny.code))[1] == ["QR code"]


class TestRefusals:
    def test_too_many_none_and_out_of_reach(self):
        here, there = make_site(), make_asset()
        lead = make_user(scope=("site", here.pk))
        for ids, refusal in (([], Invalid), (range(1, labels.MOST + 2), Invalid), ([there.pk], NotFound)):
            with pytest.raises(refusal):
                labels.labels_pdf(by=lead, asset_ids=ids, wish=wanted())
        with pytest.raises(Denied):
            labels.labels_pdf(by=make_user(permissions=["assets.view"]), asset_ids=[there.pk], wish=wanted())
        assert not AssetCode.objects.exists()

    @pytest.mark.parametrize(
        "given",
        [{"label_format": "none-such"}, {"label_format": "a4-3x7", "start": 22}, {"start": 0}, {"wording": "x"},
         {"symbols": "x"}],
    )  # fmt: skip
    def test_what_is_not_there(self, given):
        with pytest.raises(Invalid) as refused:
            labels.wish(BY, **given)
        assert refused.value.fields

    def test_a_format_that_does_not_fit_on_its_page(self):
        row = LabelFormat.objects.get(code="a4-3x7")
        with pytest.raises(Invalid) as refused:
            operations.change_label_format(by=BY, label_format_id=row.pk, values={"columns": 4})
        assert list(refused.value.fields) == ["width_mm"]
        row.refresh_from_db()
        assert row.columns == 3
        operations.change_label_format(by=BY, label_format_id=row.pk, values={"name": "Ours"}, expected_version=1)
        with pytest.raises(StaleEdit):
            operations.change_label_format(by=BY, label_format_id=row.pk, values={"name": "B"}, expected_version=1)
        with pytest.raises(Denied):
            one_site = make_user(scope=("site", make_site().pk))
            operations.change_label_format(by=one_site, label_format_id=row.pk, values={"name": "C"})

    def test_a_format_without_its_sizes_is_refused_by_their_names(self):
        with pytest.raises(Invalid) as refused:
            operations.create_label_format(by=BY, values={"code": "mine", "name": "Mine", "width_mm": "30"})
        assert set(refused.value.fields) == {"page_width_mm", "page_height_mm", "height_mm"}

    def test_shipped_formats_are_loaded_once_and_changes_stay(self):
        row = LabelFormat.objects.get(code="a4-3x7")
        operations.change_label_format(by=BY, label_format_id=row.pk, values={"name": "Ours"})
        assert operations.load_label_formats(by=BY) == 0
        row.refresh_from_db()
        assert row.name == "Ours"


class TestZpl:
    """There is no printer here: what is written is taken apart again by the rules of the language."""

    def fields(self, text: str) -> list[tuple[str, str]]:
        """(command, data) of each field with a position."""
        body = re.sub(r"\n", "", text)
        found = re.findall(r"\^FO(\d+),(\d+)\^(A0|BQ|BX)([^^]*)(\^FH\\)?\^FD(.*?)\^FS", body)
        return [(kind, self.unescaped(data) if hexed else data) for _x, _y, kind, _p, hexed, data in found]

    def unescaped(self, data: str) -> str:
        raw = re.sub(rb"\\([0-9A-F]{2})", lambda m: bytes([int(m[1], 16)]), data.encode())
        return raw.decode()

    def test_one_format_for_each_device_with_all_it_says(self, settings):
        settings.BASE_URL = "https://devices.hospital.example"
        ward = make_department(name="Chirurgie ^XZ ~JA \\ Süd")
        asset = make_asset(udi=UDI, udi_di="00844588003288", site=ward.site, department=ward)
        text = labels.labels_zpl(by=BY, asset_ids=[asset.pk, make_asset().pk], wish=wanted("single-100x50"))
        assert (text.count("^XA"), text.count("^XZ"), text.count("^PW800"), text.count("^LL400")) == (2, 2, 2, 2)
        fields = self.fields(text.partition("^XZ")[0])
        assert ("BQ", f"MA,https://devices.hospital.example/r/{AssetCode.objects.get(asset=asset).code}") in fields
        assert ("BX", "_101008445880032881730123110L7_121SN900") in fields
        assert next(data for kind, data in fields if kind == "A0") == asset.tag
        assert ("A0", "Chirurgie ^XZ ~JA \\ Süd") in fields

    def test_symbols_stay_on_the_label_and_are_large_enough(self):
        asset = make_asset(udi=UDI)
        for dpi, per_mm in ((203, 8), (300, 12)):
            text = labels.labels_zpl(by=BY, asset_ids=[asset.pk], wish=wanted("single-38x19"), dpi=dpi)
            module = int(re.search(r"\^BQN,2,(\d+)", text)[1])
            left = int(re.search(r"\^FO(\d+),\d+\^BQ", text)[1])
            assert module / per_mm >= 0.24
            assert left + 29 * module <= 38 * per_mm

    def test_a_resolution_that_no_printer_has(self):
        with pytest.raises(Invalid):
            labels.labels_zpl(by=BY, asset_ids=[make_asset().pk], wish=wanted(), dpi=72)
