"""Paper: a template and data become a PDF; what a user typed is never markup."""

import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from wardwright.platform.paper import typeset as paper

SHEET = """#import "/platform/paper/house.typ": *
#sheet(title: data.title, subtitle: "Due this week")[
  #rows-table(data.columns, data.rows)
]
"""


@pytest.fixture
def template():
    path = Path(paper.PACKAGE) / "platform/paper/_test.typ"
    path.write_text(SHEET)
    yield "platform/paper/_test.typ"
    path.unlink()


def test_words_stay_words_and_pages_are_numbered(template, settings):
    settings.HOUSE_NAME = "Kliniken Süd #1"
    columns = [{"heading": "Device", "width": 1}, {"heading": "Hours", "align": "right"}]
    rows = [["#panic() *Máy thở* $x$ ø Ж", str(n)] for n in range(120)]
    data = paper.typeset(template, {"title": "Work", "columns": columns, "rows": rows})
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]
    assert len(pages) > 2
    assert "Kliniken Süd #1" in pages[0] and "#panic() *Máy thở* $x$ ø Ж" in pages[0]
    assert f"Page 2 of {len(pages)}" in pages[1] and "Device" in pages[1]
