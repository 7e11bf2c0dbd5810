"""What a look back says, in words: its figures, its spans, and the impact statement on paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.testing.models import Calibration, Instrument, Lookback, LookbackItem, Measurement
from wardwright.apps.testing.queries.readings import Reading
from wardwright.platform.core.words import day_words, exact_words, moment_words, number_words
from wardwright.platform.signatures.signing import signatures_of

from .certificate import withdrawn_words

PRINTED = 1000  # readings; what is more is in the CSV of the page


def figures_of(row: Lookback) -> list[dict[str, Any]]:
    """The figures of a search, in the order in which they follow from each other."""
    names = (
        ("readings", _("readings taken in that time")),
        ("judged", _("judged again")),
        ("missed_fault", _("passed, should have failed")),
        ("doubtful", _("in doubt")),
        ("false_alarm", _("failed, should have passed")),
        ("unchanged", _("the verdict stands")),
        ("other_quantity", _("of quantities that were right")),
        ("no_limit", _("without a limit")),
    )
    always = ("readings", "judged", "missed_fault", "unchanged")
    return [
        {"key": key, "value": number_words(int(row.counts.get(key, 0))), "words": words}
        for key, words in names
        if row.counts.get(key) or key in always
    ]


def spans_of(by: Any, row: Lookback) -> list[dict[str, Any]]:
    """Which instruments were in doubt, from when until when, and by which way."""
    ids = {span["instrument"] for span in row.spans} | {link[0] for span in row.spans for link in span["chain"]}
    names = {one.pk: one for one in Instrument.objects.visible_to(by).filter(pk__in=ids)}
    made = {link[1] for span in row.spans for link in span["chain"] if link[1]}
    days = dict(Calibration.objects.visible_to(by).filter(pk__in=made).values_list("pk", "calibrated_on"))
    return [
        {
            "instrument": names.get(span["instrument"]),
            "name": str(names.get(span["instrument"], _("an instrument of another site"))),
            "from": _moment(span["start"]) or _("the beginning"),
            "until": _moment(span["end"]) or _("now"),
            "quantities": ", ".join(name for name in span["quantities"] or () if name != "*"),
            "way": [
                _("calibrated with %(standard)s on %(day)s")
                % {"standard": names.get(before, _("an instrument of another site")), "day": day_words(days.get(made))}
                for (before, _made), (_after, made) in zip(span["chain"], span["chain"][1:], strict=False)
            ],
        }
        for span in row.spans
    ]


def _moment(text: str | None) -> str:
    return day_words(timezone.localtime(datetime.fromisoformat(text)).date()) if text else ""


def withdrawn_of(row: Lookback) -> str:
    """What is to be said of a search whose calibration was withdrawn; else empty."""
    words = withdrawn_words(row.calibration)
    said = _("The calibration that this search began with was withdrawn: what it found does not follow any more.")
    return f"{said} {words}" if words else ""


def statement(by: Any, row: Lookback, url: str) -> dict[str, Any]:
    """The impact statement as the paper takes it."""
    items = LookbackItem.objects.visible_to(by).filter(lookback=row)
    rows = items.select_related("measurement__instrument", "asset__device_type", "asset__department", "asset__site")
    count = items.count()
    return {
        "title": _("Impact statement"),
        "subtitle": str(row.instrument),
        "facts": [
            [_("Found wrong"), day_words(row.found_on)],
            [_("Last known to be right"), day_words(row.since_on) if row.since_on else _("never")],
            [_("Searched"), f"{moment_words(row.searched_at)}, {row.searched_by_name}"],
            [_("Devices in doubt"), number_words(items.values("asset").distinct().count())],
        ],
        "withdrawn": withdrawn_of(row),
        "figures": figures_of(row),
        "spans_words": _("Instruments in doubt"),
        "spans": [
            {
                "name": span["name"],
                "when": _("%(start)s to %(end)s") % {"start": span["from"], "end": span["until"]},
                "way": "; ".join(span["way"]),
            }
            for span in spans_of(by, row)
        ],
        "readings_words": _("Readings in doubt, the gravest first"),
        "columns": [
            {"heading": _("Device"), "width": 2},
            {"heading": _("Where"), "width": 2},
            {"heading": _("Taken"), "width": 2},
            {"heading": _("Read"), "align": "right"},
            {"heading": _("Without the error"), "align": "right"},
            {"heading": _("Limit"), "align": "right"},
            {"heading": _("What changes"), "width": 2},
            {"heading": _("Decision"), "width": 3},
        ],
        "rows": [_line(item) for item in rows.order_by("rank", "pk")[:PRINTED]],
        "none": _("No reading is in doubt: every verdict stands also without the error that was found."),
        "cut": _("The first %(n)s of %(all)s; the rest is in the list.") % {"n": PRINTED, "all": number_words(count)}
        if count > PRINTED
        else "",
        "conclusion_words": _("Conclusion"),
        "conclusion": row.conclusion,
        "signatures": [
            {
                "name": standing.signature.printed_name,
                "when": standing.signature.signed_at.strftime("%Y-%m-%d %H:%M:%S UTC"),
                "meaning": str(standing.signature.get_meaning_display()),
                "superseded": _("superseded: the text changed since") if standing.superseded else "",
            }
            for standing in signatures_of(row)
        ],
        "unsigned": _("Not signed: this is a draft."),
        "url": url,
    }


def limit_words(taken: Measurement | Reading) -> str:
    """The limits a reading was judged by."""
    low, high = exact_words(taken.low), exact_words(taken.high)
    if low and high:
        return f"{low} – {high} {taken.unit}"
    return f"≤ {high} {taken.unit}" if high else f"≥ {low} {taken.unit}"


def _line(item: LookbackItem) -> list[str]:
    taken = item.measurement
    decision = [item.get_decision_display(), item.order_number, item.reason]
    corrected = f"{exact_words(item.corrected)} {taken.unit}" if item.corrected is not None else _("not known")
    return [
        f"{item.asset.tag} {item.asset.device_type.name}",
        str(item.asset.department or item.asset.site),
        f"{day_words(timezone.localtime(taken.taken_at).date())}, {taken.instrument}",
        f"{taken.bound}{exact_words(taken.value)} {taken.unit}",
        corrected,
        limit_words(taken),
        str(item.get_change_display()),
        " · ".join(str(part) for part in decision if part),
    ]
