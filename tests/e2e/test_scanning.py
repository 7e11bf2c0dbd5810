"""The camera finds the device: a real picture of a symbol before Chromium's stand-in for a camera, and as a photo."""

from __future__ import annotations

import re
import zlib
from pathlib import Path
from struct import pack

import pytest
from playwright.sync_api import Browser, Page, expect

from wardwright.kernel.labels import Symbol, data_matrix, gs1_data_matrix, qr_code

from .conftest import FLAGS, PHONE, House
from .person import TIMEOUT_MS

pytestmark = pytest.mark.e2e
WIDTH, HEIGHT, MODULE = 640, 480, 9
DEVICE = re.compile(r"/devices/\d+/$")


def picture_of(symbol: Symbol) -> list[bytes]:
    """The symbol in the middle of a white picture, as rows of grey pixels."""
    side = symbol.modules * MODULE
    left, top = (WIDTH - side) // 2, (HEIGHT - side) // 2
    rows = []
    for y in range(HEIGHT):
        line = bytearray([235]) * WIDTH
        if top <= y < top + side:
            dark = symbol.rows[(y - top) // MODULE]
            for x in range(side):
                if dark[x // MODULE]:
                    line[left + x] = 16
        rows.append(bytes(line))
    return rows


def film_of(symbol: Symbol, path: Path) -> Path:
    """A still film (Y4M) that Chromium shows instead of a camera."""
    frame = b"FRAME\n" + b"".join(picture_of(symbol)) + bytes([128]) * (WIDTH * HEIGHT // 2)
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 3)
    return path


def photo_of(symbol: Symbol) -> bytes:
    """The same as PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    pixels = zlib.compress(b"".join(b"\0" + row for row in picture_of(symbol)))
    head = pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def scan_page(visit, house: House) -> tuple[Page, list[str]]:
    """Tina's phone on the page for scanning, and every address it asks for from there on."""
    person = visit(house, "tina", PHONE)
    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(request.url))
    person.open("/scan/")
    person.fits()
    return person.page, asked


def a_device(page: Page, house: House) -> str:
    """The number of a device that Tina sees."""
    page.goto(f"{house.url}/devices/?status=in_service")
    return page.locator("tr[data-row] .row-link .code").first.inner_text()


def shows(page: Page, tag: str) -> None:
    expect(page).to_have_url(DEVICE, timeout=TIMEOUT_MS)
    expect(page.locator("h1")).to_contain_text(tag)


def test_the_camera_reads_a_code_and_opens_its_device(browser: Browser, chromium, house: House, visit, tmp_path):
    tag = a_device(visit(house, "tina").page, house)
    film = film_of(qr_code(tag), tmp_path / "camera.y4m")
    camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    other = browser.browser_type.launch(
        executable_path=chromium, args=[*FLAGS, *camera, f"--use-file-for-fake-video-capture={film}"]
    )
    try:
        page = other.new_context(storage_state=house.cookies["tina"], locale="en-GB", **PHONE).new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{house.url}/scan/")
        assert not [url for url in asked if "barcode-detector" in url or url.endswith(".wasm")]  # only when scanning
        page.get_by_role("button", name="Use the camera").click()
        shows(page, tag)
        assert [url for url in asked if not url.startswith((house.url, "blob:"))] == []  # nothing from elsewhere
    finally:
        other.close()


@pytest.mark.parametrize("kind", ["plain Data Matrix", "GS1 Data Matrix"])
def test_a_photo_does_where_there_is_no_camera(house: House, visit, kind):
    tag = a_device(visit(house, "tina").page, house)
    page, asked = scan_page(visit, house)
    if kind == "plain Data Matrix":
        symbol = data_matrix(tag)
    else:
        symbol = gs1_data_matrix((("01", "00844588003288"), ("21", "NOBODY-7")), "010084458800328821NOBODY-7")
    photo = {"name": "label.png", "mimeType": "image/png", "buffer": photo_of(symbol)}
    page.locator("[data-scan-photo] input").set_input_files(files=[photo])
    if kind == "plain Data Matrix":
        shows(page, tag)
    else:
        expect(page.locator("h1")).to_contain_text("This label is not in the register yet")
        expect(page.locator("main")).to_contain_text("NOBODY-7")
    assert any(url.endswith(".wasm") for url in asked)


def test_a_photo_without_a_code_says_so(house: House, visit):
    page, _asked = scan_page(visit, house)
    blank = {"name": "wall.png", "mimeType": "image/png", "buffer": photo_of(Symbol("qr", "", False, ()))}
    page.locator("[data-scan-photo] input").set_input_files(files=[blank])
    expect(page.locator("[data-scan-status]")).to_contain_text("No code was found")


def test_a_room_is_counted_on_a_phone(house: House, visit):
    """Begin, scan, a stranger moves in, close; the one that is missing is on the list of those to look for."""
    person = visit(house, "tina", PHONE)
    page = person.page
    person.open("/counts/new/")
    page.locator("#id_department").select_option(index=2)
    person.press("Begin")
    person.fits()
    tags = page.locator("#board .count-lines .code").all_inner_texts()
    box = page.locator("#scan-text")
    for n, tag in enumerate(tags[1:], 1):
        box.fill(tag.lower())
        box.press("Enter")
        expect(page.locator("h1")).to_contain_text(f"{n} of {len(tags)} seen")
        expect(box).to_have_value("")
    page.locator("summary", has_text="seen").click()
    person.follow("Close the count")
    person.sees(tags[0])
    person.press("Close the count")
    person.fits()
    assert "1 device was not located" in person.heading
    person.follow("Devices to look for")
    person.sees(tags[0])


def test_labels_for_a_selection(house: House, visit):
    """From the register to a PDF that the desk can print, and the text for its label printer."""
    person = visit(house, "sam")
    person.open("/devices/")
    for box in person.page.locator("input[name=selected]").all()[:3]:
        box.check()
    person.press("Print labels")
    expect(person.page.locator("#preview img")).to_be_visible(timeout=TIMEOUT_MS)
    person.press("Make the labels")
    assert person.heading == "3 labels are ready"
    pdf = person.page.request.get(f"{house.url}/labels/file/")
    assert (pdf.headers["content-type"], pdf.body()[:5]) == ("application/pdf", b"%PDF-")
    assert person.page.request.get(f"{house.url}/labels/file/?dpi=203").text().count("^XA") == 3
