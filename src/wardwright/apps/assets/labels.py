"""Labels for devices: PDF for sheets and label printers with a driver, ZPL for printers that read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from wardwright.kernel.labels import DOTS_PER_MM, Layout, lay_out, zpl
from wardwright.platform.core.errors import Invalid, NotFound
from wardwright.platform.core.words import number_words
from wardwright.platform.paper.labels import TEMPLATE, labels_data
from wardwright.platform.paper.typeset import picture, typeset

from .models import Asset, LabelFormat
from .operations import give_codes
from .queries import SYMBOLS, WORDINGS, label_formats_in_use
from .queries.labels import PLACEHOLDER, codes_of, label_of, last_tests, next_due

#: How many labels are made at once: what fits on twenty sheets of fifty.
MOST = 1000
PREVIEW_PPI = 130


@dataclass(frozen=True)
class Wish:
    """How labels are wanted: on which format, from which position of the first sheet, with which words and symbols."""

    label_format: LabelFormat
    start: int = 1
    wording: str = "identity"
    symbols: str = "both"


def wish(by: Any, *, label_format: str = "", start: int = 1, wording: str = "identity", symbols: str = "both") -> Wish:
    """What was asked for, checked; ``label_format`` is a format's short name, empty for the first one offered.

    Raises:
        Invalid: naming the entry that is wrong.
    """
    offered = label_formats_in_use(by)
    chosen = next((row for row in offered if row.code == label_format or not label_format), None)
    if chosen is None:
        words = _("There is no such label format.")
        names = ", ".join(row.code for row in offered)
        raise Invalid(words, _("Choose one of: %(names)s.") % {"names": names}, fields={"label_format": words})
    for name, value, known in (("wording", wording, WORDINGS), ("symbols", symbols, SYMBOLS)):
        if value not in known:
            words = _("Choose one of: %(names)s.") % {"names": ", ".join(known)}
            raise Invalid(words, fields={name: words})
    places = chosen.sheet().per_page
    if not 1 <= start <= places:
        words = _("This sheet has the positions 1 to %(n)s.") % {"n": places}
        raise Invalid(words, fields={"start": words})
    return Wish(chosen, start, wording, symbols)


def labels_pdf(*, by: Any, asset_ids: Iterable[int], wish: Wish) -> bytes:
    """The labels of these devices in the order given, as PDF; a device without a code gets one.

    Raises:
        Invalid: for none or more than ``MOST``. NotFound: for one out of reach.
    """
    assets = _assets(by, asset_ids)
    codes = give_codes(by=by, asset_ids=[asset.pk for asset in assets])
    return typeset(TEMPLATE, _data(_layouts(by, assets, codes, wish), wish))


def labels_zpl(*, by: Any, asset_ids: Iterable[int], wish: Wish, dpi: int = 203) -> str:
    """The same for a label printer that reads ZPL; one label each, so a sheet's format gives its label's size."""
    if dpi not in DOTS_PER_MM:
        words = _("Choose one of: %(names)s.") % {"names": ", ".join(map(str, DOTS_PER_MM))}
        raise Invalid(words, fields={"dpi": words})
    assets = _assets(by, asset_ids)
    codes = give_codes(by=by, asset_ids=[asset.pk for asset in assets])
    return zpl(_layouts(by, assets, codes, wish), dpi=dpi)


def preview(*, by: Any, asset_ids: Iterable[int], wish: Wish) -> tuple[bytes, list[str]]:
    """A picture (PNG) of the first page, and what does not fit on the label. Writes nothing: codes that are not made
    yet are shown as a sample."""
    first = list(asset_ids)[: wish.label_format.sheet().per_page - wish.start + 1]
    assets = _assets(by, first)
    layouts = _layouts(by, assets, dict.fromkeys(first, PLACEHOLDER) | codes_of(first), wish)
    lost = {symbol.kind for layout in layouts for symbol in layout.left_out}
    names = {"qr": _("QR code"), "datamatrix": _("Data Matrix")}
    return picture(TEMPLATE, _data(layouts, wish, outlines=True), ppi=PREVIEW_PPI), [
        names[kind] for kind in sorted(lost)
    ]


def _assets(by: Any, asset_ids: Iterable[int]) -> list[Asset]:
    wanted = list(dict.fromkeys(asset_ids))
    if not wanted:
        raise Invalid(_("Choose at least one device."))
    if len(wanted) > MOST:
        raise Invalid(
            _("Labels for %(n)s devices are too many at once.") % {"n": number_words(len(wanted))},
            _("Choose up to %(n)s.") % {"n": number_words(MOST)},
        )
    found = {row.pk: row for row in Asset.objects.visible_to(by).with_names().filter(pk__in=wanted)}
    if len(found) != len(wanted):
        raise NotFound(_("Some of these devices do not exist, or you may not see them."), _("Reload the list."))
    return [found[pk] for pk in wanted]


def _layouts(by: Any, assets: list[Asset], codes: Mapping[int, str], wish: Wish) -> list[Layout]:
    """One layout for each device; a flag that folds repeats its content."""
    sheet = wish.label_format.sheet()
    ids = [asset.pk for asset in assets]
    due = next_due(by, ids) if wish.wording in ("due", "safety") else {}
    tested = last_tests(by, ids) if wish.wording == "safety" else {}
    width = sheet.width / sheet.halves
    made = []
    for asset in assets:
        label = label_of(
            asset,
            code=codes[asset.pk],
            wording=wish.wording,
            symbols=wish.symbols,
            due_on=due.get(asset.pk),
            tested=tested.get(asset.pk),
        )
        layout = lay_out(width, sheet.height, label.lines, label.symbols, margin=sheet.margin)
        made.append(layout.repeated(sheet.halves))
    return made


def _data(layouts: list[Layout], wish: Wish, *, outlines: bool = False) -> dict[str, Any]:
    sheet = wish.label_format.sheet()
    return labels_data(layouts, sheet, wish.start, outlines=outlines and wish.label_format.is_sheet)
