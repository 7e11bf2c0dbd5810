"""A calibration on paper: the certificate in two languages, and the label that goes on the instrument."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from wardwright.apps.assets.models import LabelFormat
from wardwright.kernel.labels import Layout, Line, lay_out, qr_code, zpl
from wardwright.platform.core.words import NOTHING, day_words, exact_words, moment_words
from wardwright.platform.paper.bilingual import bilingual, signature_lines
from wardwright.platform.paper.labels import TEMPLATE, labels_data
from wardwright.platform.paper.typeset import typeset
from wardwright.platform.signatures.signing import signatures_of

from .models import Calibration, CalibrationPoint, CalibrationStandard
from .queries import decision_rules, percent_of_tolerance, quantity_words
from .states import CalibrationResult, Graded

PAPER = "apps/testing/paper/calibration.typ"


def statement_of(made: Calibration) -> str:
    """What a calibration comes to, in one sentence."""
    if made.withdrawn_at is not None:
        return _("Withdrawn: the calibration of %(name)s counts for nothing") % {"name": made.instrument}
    fine, out, unknown = CalibrationResult.IN_TOLERANCE, CalibrationResult.OUT, CalibrationResult.UNKNOWN
    said = {
        (fine, fine): _("%(name)s was in tolerance"),
        (out, fine): _("%(name)s was found out of tolerance and left in tolerance"),
        (out, out): _("%(name)s is out of tolerance and must not be used"),
        (fine, out): _("%(name)s was left out of tolerance and must not be used"),
        (unknown, out): _("%(name)s was left out of tolerance and must not be used"),
        (out, unknown): _("%(name)s was found out of tolerance"),
        (unknown, fine): _("%(name)s was left in tolerance"),
    }
    key = (CalibrationResult(made.as_found), CalibrationResult(made.as_left))
    return said.get(key, _("%(name)s was calibrated")) % {"name": made.instrument}


def address_of(made: Calibration) -> str:
    """Where the live record is: what the code on paper opens."""
    return f"{settings.BASE_URL}{reverse('calibration', args=[made.pk])}"


# The certificate ------------------------------------------------------------------------------------------------


def certificate_pdf(by: Any, made: Calibration, second: str = "en") -> bytes:
    """The certificate in the reader's language with a ``second`` beside it."""
    return typeset(PAPER, certificate_data(by, made, second))


def certificate_data(by: Any, made: Calibration, second: str) -> dict[str, Any]:
    """The certificate as the paper takes it: every text as a list of one or two languages."""
    said, languages = bilingual(second), [get_language() or "en", second]

    points = CalibrationPoint.objects.visible_to(by).filter(calibration=made)
    standards = CalibrationStandard.objects.visible_to(by).filter(calibration=made).select_related("instrument")
    rules = [dict(_in(language, decision_rules)) for language in languages]
    return {
        "title": _("Calibration certificate"),
        "titles": said(lambda: _("Calibration certificate")),
        "statement": said(lambda: statement_of(made)),
        "withdrawn": said(lambda: _("WITHDRAWN")) if made.withdrawn_at else [],
        "valid": said(lambda: _validity(made)),
        "facts": [{"label": said(label), "value": value} for label, value in _facts(made, rules, said) if value],
        "heads": [said(words) for words in _HEADS],
        "points_words": said(lambda: _("Points")),
        "points": [_point(point, said) for point in points],
        "no_points": said(lambda: _("No point was entered: how it was found and left was told in words.")),
        "standards_words": said(lambda: _("Compared with")),
        "standards": [str(one.instrument) for one in standards],
        "note": made.note,
        "uncertainty": said(
            lambda: (
                _("U is the expanded uncertainty with the coverage factor k = %(k)s.")
                % {"k": exact_words(made.coverage_factor)}
            )
        ),
        "recorded": said(
            lambda: (
                _("Recorded by %(who)s, %(when)s")
                % {"who": made.recorded_by_name or NOTHING, "when": moment_words(made.recorded_at)}
            )
        ),
        "signatures": signature_lines(signatures_of(made), said, lambda: _("superseded: the text changed since")),
        "unsigned": said(lambda: _("Not signed: this is a draft.")),
        "scan": said(lambda: _("The code opens the living record.")),
        "url": address_of(made),
        "qr": qr_code(address_of(made)).svg(),
    }


def _validity(made: Calibration) -> str:
    """Until when it holds; by whom and why it holds no more, if it was withdrawn."""
    if made.withdrawn_at is not None:
        return withdrawn_words(made)
    return _("Calibrated on %(on)s, due again on %(due)s") % {
        "on": day_words(made.calibrated_on), "due": day_words(made.due_on)}  # fmt: skip


def withdrawn_words(made: Calibration) -> str:
    """By whom, when and why a calibration was withdrawn; empty for one that counts."""
    if made.withdrawn_at is None:
        return ""
    return _("Withdrawn by %(who)s, %(when)s: %(why)s") % {
        "who": made.withdrawn_by_name, "when": moment_words(made.withdrawn_at), "why": made.withdrawn_reason,
    }  # fmt: skip


def _in(language: str, words: Callable[[], Any]) -> Any:
    with override(language):
        return words()


_HEADS: tuple[Callable[[], str], ...] = (
    lambda: _("Quantity"),
    lambda: _("Reference"),
    lambda: _("As found"),
    lambda: _("As left"),
    lambda: _("Limits"),
    lambda: _("Error left"),
    lambda: _("% of tolerance"),
    lambda: "U",
    lambda: _("Result"),
)


def _facts(made: Calibration, rules: list[dict[str, str]], said: Any) -> list[tuple[Callable[[], str], Any]]:
    """What stands above the points: label in each language, and value, empty where nothing is known."""
    row = made.instrument
    conditions = [
        f"{exact_words(value)} {unit}"
        for value, unit in ((made.temperature_c, "°C"), (made.humidity_percent, "%"))
        if value is not None
    ]
    return [
        (lambda: _("Instrument"), row.name),
        (lambda: _("Serial number"), row.serial),
        (lambda: _("Asset number"), row.asset.tag if row.asset else ""),
        (lambda: _("Site"), row.site.name),
        (lambda: _("Calibrated"), day_words(made.calibrated_on) if made.withdrawn_at else ""),
        (lambda: _("As found"), " / ".join(said(made.get_as_found_display))),
        (lambda: _("As left"), " / ".join(said(made.get_as_left_display))),
        (lambda: _("Adjusted"), " / ".join(said(lambda: _("yes") if made.adjusted else _("no")))),
        (lambda: _("Laboratory"), made.laboratory),
        (lambda: _("Accreditation number"), made.accreditation),
        (lambda: _("Certificate number"), made.certificate_no),
        (lambda: _("Traceable to"), made.traceability),
        (lambda: _("Conditions"), ", ".join(conditions)),
        (
            lambda: _("Decision rule"),
            " / ".join(dict.fromkeys(r.get(made.decision_rule, made.decision_rule) for r in rules)),
        ),
    ]


def _point(point: CalibrationPoint, said: Any) -> list[Any]:
    left = point.found if point.left is None else point.left
    error = None if left is None else left - point.reference
    verdicts = list(dict.fromkeys(filter(None, (point.found_verdict, point.left_verdict))))
    percent = percent_of_tolerance(point, left)
    return [
        quantity_words(point.quantity),
        f"{exact_words(point.reference)} {point.unit}",
        exact_words(point.found) or NOTHING,
        exact_words(point.left) or NOTHING,
        f"{exact_words(point.low)} – {exact_words(point.high)}",
        NOTHING if error is None else f"{'+' if error > 0 else ''}{exact_words(error)}",
        NOTHING if percent is None else str(percent),
        exact_words(point.uncertainty) or NOTHING,
        [said(Graded(verdict).label.__str__) for verdict in verdicts],
    ]


# The label ------------------------------------------------------------------------------------------------------


def label_layout(made: Calibration, label_format: LabelFormat) -> Layout:
    """Calibrated, due, by whom, and the code of the record, on one label of this size."""
    sheet, row = label_format.sheet(), made.instrument
    left_out = made.as_left == CalibrationResult.OUT
    lines = [
        Line(_("OUT OF TOLERANCE") if left_out else _("Calibrated %(on)s") % {"on": day_words(made.calibrated_on)},
             1.1, left_out, 1),
        Line(_("Do not use") if left_out else _("Due %(on)s") % {"on": day_words(made.due_on)}, 1.6, True, 0),
        Line(_("SN %(serial)s") % {"serial": row.serial} if row.serial else "", 1.0, rank=2),
        Line(row.name, 0.9, rank=3),
        Line(_("By %(who)s") % {"who": made.laboratory or made.recorded_by_name}, 0.9, rank=4),
        Line(settings.HOUSE_NAME, 0.8, rank=5),
    ]  # fmt: skip
    one = lay_out(sheet.width / sheet.halves, sheet.height, lines, [qr_code(address_of(made))], margin=sheet.margin)
    return one.repeated(sheet.halves)


def label_pdf(made: Calibration, label_format: LabelFormat, start: int = 1) -> bytes:
    """The label at position ``start`` of a sheet, or on its own page."""
    return typeset(TEMPLATE, labels_data([label_layout(made, label_format)], label_format.sheet(), start))


def label_zpl(made: Calibration, label_format: LabelFormat, dpi: int) -> str:
    """The label as text for a label printer that reads ZPL, with a head of ``dpi`` (203 or 300)."""
    return zpl([label_layout(made, label_format)], dpi=dpi)
