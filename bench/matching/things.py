"""Real products: of device identifier databases and of registers. Nothing of them is kept beside the run."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wardwright.kernel.names.makers import makers


@dataclass(frozen=True)
class Thing:
    """A product. ``brand`` and ``model`` as its maker writes them."""

    maker: str
    brand: str = ""
    model: str = ""
    ref: str = ""
    di: str = ""
    code: str = ""

    @property
    def name(self) -> str:
        """Brand and model without saying anything twice."""
        if not self.brand or not self.model or self.model.casefold() in self.brand.casefold():
            return self.brand or self.model
        return self.model if self.brand.casefold() in self.model.casefold() else f"{self.brand} {self.model}"


def _clean(text: str) -> str:
    return " ".join(re.sub('[®™©"“”]', "", text).split())


def of_identifiers(folder: Path, *, all_of_them: bool = False) -> list[Thing]:
    """Equipment that is told apart by serial number; with ``all_of_them`` the consumables and implants, too."""
    gudid = folder / "02_fda" / "gudid"
    rows: list[dict[str, str]] = []
    with (gudid / "gudid_serialised_equipment_subset.csv").open(encoding="utf-8") as file:
        rows += csv.DictReader(file)
    if all_of_them:
        with gzip.open(gudid / "gudid_50000_flat.csv.gz", "rt", encoding="utf-8") as file:
            rows += csv.DictReader(file)
    found: dict[tuple[str, str, str], Thing] = {}
    for row in rows:
        thing = Thing(
            _clean(row["company"]), _clean(row["brand"]), _clean(row["version_model"]), _clean(row["catalog"]),
            row["primary_di"], row["fda_product_code"],
        )  # fmt: skip
        found.setdefault((thing.maker, thing.name, thing.ref), thing)
    return list(found.values())


def of_registers(folder: Path) -> list[Thing]:
    """Makers and models of the registers, as they stand there."""
    found: dict[tuple[str, str], Thing] = {}
    for maker, model, _serial in register_rows(folder):
        if maker and any(c.isalpha() for c in model) and len(model) >= 3:
            found.setdefault((maker.casefold(), model.casefold()), Thing(_clean(maker), "", _clean(model)))
    return list(found.values())


def register_rows(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Maker, model and serial number of every row of the registers that are text."""
    columns = {
        "quarterly_plan_wide.csv": ("MANUFACTURER", "MODEL", "SERIAL", "utf-8", ","),
        "annual_list_cp1252.csv": ("Make", "Model/Type", "S/N", "cp1252", ";"),
        "register_vi.csv": ("Hãng sản xuất", "Model", "Số serial", "utf-8-sig", ","),
    }
    for name, (maker, model, serial, encoding, comma) in columns.items():
        with (folder / "registers" / name).open(encoding=encoding) as file:
            for row in csv.DictReader(file, delimiter=comma):
                yield row.get(maker) or "", row.get(model) or "", row.get(serial) or ""


def spellings() -> dict[str, tuple[list[str], list[str]]]:
    """By a known maker's name: other spellings of it, and names of related makers (bought, or once owned)."""
    return {one.name: (list(one.spellings), [name for name, _why in one.related]) for one in makers()}
