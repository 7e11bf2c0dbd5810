"""What a file is by its first bytes, and what it is called: tables in, tables out."""

import pytest

from wardwright.platform.attachments.kinds import ENDINGS, INLINE, safe_name, sniff

PNG = b"\x89PNG\r\n\x1a\n"
CONTENT = [
    (b"\xff\xd8\xff\xe0 JFIF", "image/jpeg"),
    (PNG, "image/png"),
    (b"GIF89a", "image/gif"),
    (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
    (b"\0\0\0\x18ftypheic", "image/heic"),
    (b"%PDF-1.4", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\0" * 128 + b"DICM", "application/dicom"),
    (b'<?xml version="1.0"?><results/>', "application/xml"),
    ("Leckstrom 85 µA\n".encode(), "text/plain"),
    ("Leckstrom 85 µA\r\n".encode("cp1252"), "text/plain"),
    ("Leckstrom 85 µA\n".encode("utf-16"), "text/plain"),
    (("µ" * 2048)[:2048].encode() + b"a", "text/plain"),  # a character lies across the end of what is looked at
    (b"a" + "µ".encode() * 2100, "text/plain"),
    (b"MZ\x90\x00\x03", "application/octet-stream"),
    (b"\x7fELF\x02", "application/octet-stream"),
    (b"<!DOCTYPE html><p>", "text/html"),
    (b"  \n<HTML>", "text/html"),
    ("<html>".encode("utf-16"), "text/html"),
    (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'>", "image/svg+xml"),
    (b"<?xml version='1.0'?><!-- a --><svg onload='x()'>", "image/svg+xml"),
    (b"GIF89a/*<script>x()</script>", "text/html"),
    (b"%PDF-1.4\n<script>x()</script>", "text/html"),
    (PNG + b"tEXt<script src=x>", "text/html"),
    (b"hello <iframe src=x>", "text/html"),
]


@pytest.mark.parametrize(("head", "media_type"), CONTENT, ids=[repr(head[:24]) for head, _ in CONTENT])
def test_the_content_says_what_a_file_is(head, media_type):
    assert sniff(head) == media_type


NAMES = [
    ("report.pdf", "application/pdf", "report.pdf"),
    ("report.PDF", "application/pdf", "report.PDF"),
    ("report.pdf.exe", "application/pdf", "report.pdf.exe.pdf"),
    ("page.html", "application/pdf", "page.html.pdf"),
    ("run.bat", "text/plain", "run.bat.txt"),
    ("values.csv", "text/plain", "values.csv"),
    ("form.docx", "application/zip", "form.docx"),
    ("macro.jar", "application/zip", "macro.jar.zip"),
    ("photo", "image/jpeg", "photo.jpg"),
    ("../../etc/passwd", "text/plain", "passwd.txt"),
    ("C:\\Users\\x\\a.png", "image/png", "a.png"),
    ("gpj.\u202eexe.jpg", "image/jpeg", "gpj.exe.jpg"),
    ("a\r\nSet-Cookie: x=1.png", "image/png", "aSet-Cookie: x=1.png"),
    ("..", "image/png", "file.png"),
    ("", "application/pdf", "file.pdf"),
    ("x" * 400 + ".pdf", "application/pdf", "x" * 196 + ".pdf"),
    ("x" * 400, "application/pdf", "x" * 190 + ".pdf"),
]


@pytest.mark.parametrize(("name", "media_type", "shown"), NAMES)
def test_a_name_cannot_lie_about_the_content_nor_lead_anywhere(name, media_type, shown):
    assert safe_name(name, media_type) == shown


def test_nothing_that_a_browser_runs_is_taken_or_shown():
    assert {"text/html", "image/svg+xml", "application/octet-stream"} & ENDINGS.keys() == set()
    assert sorted(INLINE) == ["application/pdf", "image/gif", "image/jpeg", "image/png", "image/webp"]
