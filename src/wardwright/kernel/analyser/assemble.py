"""One record out of the fields that any file has for it, as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wardwright.kernel.tabular.dates import Order
from wardwright.kernel.tabular.table import RowNumber
from wardwright.kernel.tabular.values import clean_serial, clean_text

from .records import Analyser, AppliedPart, Check, Device, Environment, Problems, Reading, TestRecord
from .values import day_of, moment_of, number_of
from .words import applied_part_of, class_of, reason_of, verdict_of

_WORDS = {"reason": reason_of, "protection_class": class_of, "verdict": verdict_of}


def record_of(
    number: int,
    row: RowNumber | None,
    fields: Mapping[str, Any],
    problems: Problems,
    *,
    readings: Iterable[Reading] = (),
    checks: Iterable[Check] = (),
    applied_parts: Iterable[AppliedPart] = (),
    extra: Mapping[str, str] | None = None,
    order: Order = "day-first",
) -> TestRecord:
    """The record. A word for reason, class or verdict that nobody knows is kept in ``extra`` under its field's name."""
    texts = {name: clean_text(value) for name, value in fields.items()}
    rest = dict(extra or {})
    words = {}
    for name, meaning in _WORDS.items():
        text = texts.get(name, "")
        words[name] = meaning(text)
        if text and not words[name]:
            rest[name] = text
    where = {"record": number, "row": row}
    at, known = moment_of(fields.get("tested_at"), problems, where, time=texts.get("time", ""), order=order)
    parts = tuple(applied_parts)
    if not parts and texts.get("applied_part"):
        kind = applied_part_of(texts["applied_part"])
        parts = (AppliedPart("" if kind == texts["applied_part"].upper() else texts["applied_part"], kind),)
    return TestRecord(
        device=Device(
            **{name: texts.get(name, "") for name in ("asset_tag", "maker", "model", "description", "location")},
            serial=clean_serial(fields.get("serial")).text,
        ),
        tested_at=at,
        time_known=known,
        tester=texts.get("tester", ""),
        procedure=texts.get("procedure", ""),
        analyser=Analyser(
            texts.get("analyser_maker", ""),
            texts.get("analyser_model", ""),
            texts.get("analyser_serial", ""),
            day_of(fields.get("calibrated_on"), order),
            day_of(fields.get("calibration_due"), order),
        ),
        environment=Environment(
            *(number_of(texts.get(name, "")) for name in ("mains_v", "temperature_c", "humidity_percent"))
        ),
        applied_parts=parts,
        checks=tuple(checks),
        readings=tuple(readings),
        note=texts.get("note", ""),
        extra=rest,
        number=number,
        row=row,
        **words,
    )
