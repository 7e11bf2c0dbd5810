"""Paper: a Typst template of the package and some data become a PDF.

Templates lie beside the feature that prints (``apps/<app>/paper/*.typ``), begin with
``#import "/platform/paper/house.typ": *`` and read ``data``. Data reach a template as JSON only: nothing
a user typed is ever read as markup.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, gettext

from wardwright.platform.core.words import moment_words

PACKAGE = Path(__file__).resolve().parents[2]
FONTS = Path(__file__).parent / "fonts"


def typeset(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of ``template`` (a path below the package, such as ``"platform/paper/labels.typ"``).

    Raises:
        RuntimeError: when the template does not compile, which is a fault of ours.
    """
    return _compiled(template, data, format="pdf")


def picture(template: str, data: Mapping[str, Any], *, ppi: float) -> bytes:
    """The first page of ``template`` as PNG with ``ppi`` pixels per inch, for a preview.

    Raises:
        RuntimeError: as ``typeset``.
    """
    pages = _compiled(template, data, format="png", ppi=ppi)
    return pages[0] if isinstance(pages, list) else pages


def _compiled(template: str, data: Mapping[str, Any], **options: Any) -> Any:
    try:
        return typst.compile(
            str(PACKAGE / template),
            root=str(PACKAGE),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps({**_frame(), **data}, default=str)},
            **options,
        )
    except typst.TypstError as error:
        raise RuntimeError(f"{template}: {error.message}") from error


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])


def _frame() -> dict[str, Any]:
    """What every sheet says in its margins."""
    now = timezone.localtime()
    return {
        "house": settings.HOUSE_NAME,
        "paper": settings.PAPER,
        "language": (get_language() or "en")[:2],
        "made_at": now.isoformat(),
        "words": {
            "page": gettext("Page"),
            "of": gettext("of"),
            "made": gettext("Printed %(moment)s") % {"moment": f"{moment_words(now)} {now:%Z}"},
        },
    }
