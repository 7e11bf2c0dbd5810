"""What each column means: the heading's words first, the values as a check on them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from wardwright.kernel.said import in_a_row, say

from .groups import Group, detect_groups
from .profile import Profile, profile_column
from .table import Cells
from .vocabulary import field_words, fields, heading_key, loose_field_words, loose_key

SURE = 0.5
DATE_FIELDS = frozenset(
    {"purchased_on", "installed_on", "manufactured_on", "warranty_until", "last_service_on", "next_service_on"}
)
_WEAK_NUMBERS = frozenset(
    {
        "id",
        "no",
        "nr",
        "n",
        "number",
        "code",
        "num",
        "numero",
        "id no",
        "code no",
        "编号",
        "ma so",
        "ref no",
        "codigo",
        "s n",
        "sn",
        "sr",
    }
)
# Abbreviations that stand for the row number in one hospital and for the serial number in the next.
_ROW_OR_SERIAL = frozenset({"sr no", "s no", "sno", "sr", "s n", "sr number", "ser"})
_PARENTHESES = re.compile(r"[(\[{].*?[)\]}]")
_PARTS = re.compile(r"[/|\n(),:;–—]+|\s-\s")


@dataclass(frozen=True)
class ColumnGuess:
    """What one column probably is. ``field`` is None when unsure, "ignore" when it carries nothing to keep.

    ``confidence`` 0–1; ``why`` in words; ``alternatives`` other fields with their confidence, best first;
    ``group`` the label of the repeated group that the column belongs to (then ``field`` is None).
    """

    index: int
    heading: str
    field: str | None
    confidence: float
    why: str
    alternatives: tuple[tuple[str, float], ...] = ()
    group: str | None = None


@dataclass(frozen=True)
class _Score:
    confidence: float
    why: str


def propose_mapping(
    headings: Sequence[str],
    sample_rows: Sequence[Cells],
    allowed: Sequence[str] | None = None,
    *,
    groups: Sequence[Group] | None = None,
) -> tuple[ColumnGuess, ...]:
    """One guess for each column, each field given to at most one column.

    ``allowed`` limits the fields (default: all).
    """
    profiles = [profile_column(sample_rows, index) for index in range(len(headings))]
    groups = detect_groups(headings, profiles) if groups is None else groups
    grouped = {index: group.label for group in groups for index in group.columns.values()}
    permitted = frozenset(allowed if allowed is not None else fields()) | {"ignore"}
    scores = [
        {} if index in grouped else _scores(heading, profiles[index], permitted)
        for index, heading in enumerate(headings)
    ]
    chosen = _assign(scores, profiles)
    return tuple(_guess(i, heading, chosen.get(i), scores[i], grouped.get(i)) for i, heading in enumerate(headings))


def _guess(index: int, heading: str, field: str | None, scores: Mapping[str, _Score], group: str | None) -> ColumnGuess:
    if group:
        return ColumnGuess(
            index, heading, None, 0.9, say("Part of the repeated group “{group}”.", group=group), (), group
        )
    others = sorted(
        ((name, score.confidence) for name, score in scores.items() if name != field and score.confidence >= 0.2),
        key=lambda o: -o[1],
    )
    if field is None:
        best = max(scores.values(), key=lambda score: score.confidence, default=None)
        why = best.why if best else say("Neither the heading nor the values say what this is.")
        return ColumnGuess(index, heading, None, 0.0, why, tuple(others[:4]))
    return ColumnGuess(index, heading, field, round(scores[field].confidence, 2), scores[field].why, tuple(others[:4]))


def _assign(scores: Sequence[Mapping[str, _Score]], profiles: Sequence[Profile]) -> dict[int, str]:
    """The best pairs first; a field goes to one column only, "ignore" to any number."""
    pairs = sorted(
        (
            (score.confidence + 0.01 * profiles[i].filled, -i, field)
            for i, by_field in enumerate(scores)
            for field, score in by_field.items()
            if score.confidence >= SURE
        ),
        reverse=True,
    )
    chosen: dict[int, str] = {}
    for _confidence, minus_index, field in pairs:
        if -minus_index not in chosen and (field == "ignore" or field not in chosen.values()):
            chosen[-minus_index] = field
    return chosen


def _scores(heading: str, profile: Profile, permitted: frozenset[str]) -> dict[str, _Score]:
    scores = _heading_scores(heading)
    silent = not scores
    _add_kindred(scores)
    if heading_key(heading) == "type" and "type" in scores:
        scores["model"] = _Score(0.55, say("Beside a column of names, “type” often is the model."))
    scores = {field: _weighed(field, score, profile) for field, score in scores.items()}
    if "tag" in scores and profile.is_row_counter and heading_key(heading) in _WEAK_NUMBERS:
        scores["tag"] = _Score(0.45, say("The values only count the rows."))
    for field, score in _content_scores(heading, profile).items():
        if score.confidence > scores.get(field, _Score(0, "")).confidence:
            scores[field] = score
    if silent and profile.count >= 3 and profile.interval_words >= 0.8 and profile.booleans < 0.5:
        scores["service_interval"] = _Score(
            0.55, say("{percent}% of the values are intervals.", percent=round(100 * profile.interval_words))
        )
    return {field: score for field, score in scores.items() if field in permitted}


def _heading_scores(heading: str) -> dict[str, _Score]:
    words = field_words()
    key = heading_key(heading)
    bare = heading_key(_PARENTHESES.sub(" ", heading))
    for confidence, candidate in ((0.95, key), (0.93, bare)):
        if candidate in words:
            return _says(heading, words[candidate], confidence)
    if loose_key(bare) in loose_field_words():
        return _says(heading, loose_field_words()[loose_key(bare)], 0.9)
    pieces = (heading_key(piece) for piece in (*_by_script(heading), *_PARTS.split(heading)))
    parts = [piece for piece in pieces if piece in words and (len(piece) > 2 or not piece.isascii() or piece == "sn")]
    if parts:
        return _says(heading, words[parts[0]], 0.86)
    inside = _inside(bare or key)
    return inside or _similar(heading, bare or key)


def _says(heading: str, found: Mapping[str, str], confidence: float) -> dict[str, _Score]:
    share = confidence if len(found) == 1 else confidence - 0.1
    return {field: _Score(share, _heading_says(heading, language)) for field, language in found.items()}


def _heading_says(heading: str, language: str) -> str:
    if not language:
        return say("The heading “{heading}” says so.", heading=heading)
    return say("The heading “{heading}” says so ({language}).", heading=heading, language=language)


def _by_script(heading: str) -> tuple[str, str]:
    """A heading in two scripts: its Latin and its other words."""
    if heading.isascii():
        return "", ""
    latin = " ".join(re.findall(r"[A-Za-zÀ-ɏ&/#.]+", heading))
    return latin, " ".join(re.findall(r"[^\x00-\u024f\s]+", heading))


def _inside(key: str) -> dict[str, _Score]:
    """The longest known words inside a longer heading; the more of it they cover, the surer."""
    tokens = key.split()
    runs = [" ".join(tokens[i:j]) for i in range(len(tokens)) for j in range(i + 1, len(tokens) + 1)]
    if not key.isascii():
        runs += [word for word in field_words() if len(word) >= 2 and not word.isascii() and word in key]
    found: dict[str, _Score] = {}
    for run in runs:
        if len(run) < 3 and run.isascii():
            continue
        for field in field_words().get(run, {}):
            confidence = 0.45 + 0.4 * len(run) / len(key) - (0.25 if field == "ignore" else 0)
            if confidence > found.get(field, _Score(0, "")).confidence:
                found[field] = _Score(confidence, say("The heading contains “{run}”.", run=run))
    return found


def _similar(heading: str, key: str) -> dict[str, _Score]:
    """A known heading with a typing error."""
    if len(key) < 5:
        return {}
    match = process.extractOne(key, list(field_words()), scorer=fuzz.ratio, score_cutoff=84)
    if not match or len(match[0]) < 5:
        return {}
    return {
        field: _Score(
            0.75 * match[1] / 100,
            say("The heading “{heading}” is spelt like “{known}”.", heading=heading, known=match[0]),
        )
        for field in field_words()[match[0]]
    }


# Where one word serves for two things the values decide: (said, also possible, how likely before looking at the
# values).
_KINDRED = (
    ("description", "type", 0.8),
    ("type", "description", 0.45),
    ("manufactured_year", "manufactured_on", 0.6),
    ("manufactured_on", "manufactured_year", 0.6),
    ("udi", "udi_di", 0.5),
    ("brand", "maker", 0.4),
    ("location", "department", 0.55),
    ("location", "room", 0.4),
    ("room", "location", 0.55),
    ("department", "location", 0.4),
    ("status", "condition", 0.6),
    ("condition", "status", 0.6),
    ("tag", "ignore", 0.3),
    ("ignore", "tag", 0.4),
    ("supplier", "service_provider", 0.3),
    ("gmdn_term", "type", 0.6),
    ("site", "department", 0.4),
    ("risk", "ignore", 0.3),
    ("type", "model", 0.3),
    ("purchased_on", "installed_on", 0.4),
    ("maker", "brand", 0.5),
)


def _add_kindred(scores: dict[str, _Score]) -> None:
    for said, also, likelihood in _KINDRED:
        if said in scores and scores[said].confidence * likelihood / 0.95 > scores.get(also, _Score(0, "")).confidence:
            scores[also] = _Score(
                scores[said].confidence * likelihood / 0.95,
                say("{why} It is used for this, too.", why=scores[said].why),
            )


def _weighed(field: str, score: _Score, profile: Profile) -> _Score:
    """The heading's word against the values; nothing to weigh in an empty column."""
    if profile.count < 2:
        return score
    change, reason = _CHECKS.get(field, _no_check)(profile)
    return _Score(min(0.99, max(0.0, score.confidence + change)), in_a_row(score.why, reason))


Verdict = tuple[float, str]


def _no_check(_profile: Profile) -> Verdict:
    return 0.0, ""


def _check_date(profile: Profile) -> Verdict:
    share = profile.dates + profile.years
    if share >= 0.8:
        return 0.03, say("{percent}% of the values are dates.", percent=round(100 * share))
    if profile.numbers > 0.8 or share >= 0.3:
        return -0.15, say("Only {percent}% of the values are written dates.", percent=round(100 * share))
    return -0.6, say("The values are not dates.")


def _check_identifier(least_distinct: float) -> Callable[[Profile], Verdict]:
    def check(profile: Profile) -> Verdict:
        if profile.booleans >= 0.9 and profile.distinct < 0.5:
            return -0.8, say("The values only say yes or no.")
        if profile.dates >= 0.8:
            return -0.7, say("The values are dates.")
        if profile.average_length > 45:
            return -0.5, say("The values are long texts.")
        if profile.count >= 10 and profile.distinct < least_distinct:
            return -0.35, say("Only {percent}% of the values differ.", percent=round(100 * profile.distinct))
        return (0.02, say("Nearly every value differs.")) if profile.distinct > 0.9 else (0.0, "")

    return check


def _check_serial(profile: Profile) -> Verdict:
    return (-0.6, say("The values count the rows.")) if profile.is_row_counter else _check_identifier(0.3)(profile)


def _check_name(profile: Profile) -> Verdict:
    if profile.dates >= 0.8:
        return -0.7, say("The values are dates.")
    if profile.booleans >= 0.95 and profile.distinct < 0.2:
        return -0.6, say("The values only say yes or no.")
    return (-0.5, say("The values are numbers.")) if profile.numbers >= 0.8 else (0.0, "")


def _check_maker(profile: Profile) -> Verdict:
    if profile.types >= 0.5 > profile.makers:
        return -0.4, say("The values are types of equipment.")
    return (
        (0.03, say("{percent}% of the values are makers that we know.", percent=round(100 * profile.makers)))
        if profile.makers >= 0.3
        else _check_name(profile)
    )


def _check_model(profile: Profile) -> Verdict:
    if profile.types >= 0.6:
        return -0.3, say("The values are types of equipment.")
    return (-0.3, say("The values are makers.")) if profile.makers >= 0.6 else _check_identifier(0.0)(profile)


def _check_type(profile: Profile) -> Verdict:
    change, reason = _check_name(profile)
    if change:
        return change, reason
    if profile.types >= 0.4:
        return 0.12, say("{percent}% of the values are types that we know.", percent=round(100 * profile.types))
    if profile.makers >= 0.5:
        return -0.4, say("The values are makers.")
    if profile.count >= 20 and profile.distinct <= 0.45:
        return 0.1, say("The same names come again and again, as types do.")
    return (-0.1, say("Most values differ.")) if profile.count >= 20 and profile.distinct > 0.65 else (0.0, "")


def _check_description(profile: Profile) -> Verdict:
    return (
        (-0.15, say("The same names come again and again."))
        if profile.count >= 20 and profile.distinct <= 0.45
        else (0.0, "")
    )


def _check_status(profile: Profile) -> Verdict:
    if profile.work_states >= 0.8:
        return -0.7, say("The values are states of a job, not of a device.")
    return (-0.6, say("The values are dates.")) if profile.dates >= 0.8 else (0.0, "")


def _check_cost(profile: Profile) -> Verdict:
    return (
        (0.03, say("{percent}% of the values are amounts.", percent=round(100 * profile.money)))
        if profile.money >= 0.7
        else (-0.5, say("The values are not amounts."))
    )


def _check_year(profile: Profile) -> Verdict:
    if profile.years >= 0.7:
        return 0.03, say("{percent}% of the values are years.", percent=round(100 * profile.years))
    return (
        (-0.4, say("The values are full dates.")) if profile.dates >= 0.5 else (-0.3, say("The values are not years."))
    )


def _check_manufactured_on(profile: Profile) -> Verdict:
    return (-0.1, say("The values are years.")) if profile.years >= 0.7 else _check_date(profile)


def _check_interval(profile: Profile) -> Verdict:
    return (
        (0.03, say("The values are intervals."))
        if profile.intervals >= 0.6
        else (-0.5, say("The values are not intervals."))
    )


def _check_udi(profile: Profile) -> Verdict:
    if profile.udis >= 0.5:
        return 0.03, say("The values are UDI strings.")
    return (
        (-0.4, say("The values are device identifiers without a serial number."))
        if profile.gtins >= 0.7
        else (-0.2, say("The values are not UDI strings."))
    )


def _check_udi_di(profile: Profile) -> Verdict:
    return (0.4, say("The values have 12 to 14 digits.")) if profile.gtins >= 0.7 else (0.0, "")


def _check_ignore(profile: Profile) -> Verdict:
    if profile.is_row_counter:
        return 0.03, say("The values count the rows.")
    return (
        (-0.55, say("The values tell devices apart."))
        if profile.count >= 5 and profile.distinct > 0.95 and profile.numbers < 0.5
        else (-0.1, "")
    )


def _check_number(profile: Profile) -> Verdict:
    return (
        (0.0, "") if profile.numbers >= 0.6 or profile.intervals >= 0.6 else (-0.3, say("The values are not numbers."))
    )


def _check_quantity(profile: Profile) -> Verdict:
    if profile.is_row_counter:
        return -0.6, say("The values count the rows.")
    return (0.0, "") if profile.quantities >= 0.8 else (-0.6, say("The values are not quantities."))


_CHECKS: dict[str, Callable[[Profile], Verdict]] = {
    **dict.fromkeys(DATE_FIELDS, _check_date),
    "manufactured_on": _check_manufactured_on,
    "manufactured_year": _check_year,
    "serial": _check_serial,
    "tag": _check_identifier(0.6),
    "catalogue_no": _check_identifier(0.0),
    "model": _check_model,
    "maker": _check_maker,
    "supplier": _check_name,
    "engineer": _check_name,
    "type": _check_type,
    "gmdn_term": _check_name,
    "description": _check_description,
    "status": _check_status,
    "condition": _check_status,
    "purchase_cost": _check_cost,
    "service_interval": _check_interval,
    "udi": _check_udi,
    "udi_di": _check_udi_di,
    "ignore": _check_ignore,
    "expected_life_years": _check_number,
    "quantity": _check_quantity,
}


def _content_scores(heading: str, profile: Profile) -> dict[str, _Score]:
    """What the values say by themselves."""
    found: dict[str, _Score] = {}
    key = heading_key(heading)
    if profile.count >= 2 and profile.udis >= 0.6 and profile.average_length >= 18:
        found["udi"] = _Score(0.8, say("The values are UDI strings."))
    if profile.count >= 3 and profile.types >= 0.5 and profile.average_length > 3:
        found["type"] = _Score(
            0.6, say("{percent}% of the values are types that we know.", percent=round(100 * profile.types))
        )
    if profile.count >= 3 and profile.makers >= 0.5:
        found["maker"] = _Score(
            0.6, say("{percent}% of the values are makers that we know.", percent=round(100 * profile.makers))
        )
    if (
        key in _ROW_OR_SERIAL
        and not profile.is_row_counter
        and profile.count >= 3
        and profile.distinct > 0.9
        and profile.average_length >= 4
        and profile.dates < 0.5
    ):
        found["serial"] = _Score(0.87, say("The values tell devices apart and do not count the rows."))
    if key in _WEAK_NUMBERS and profile.is_row_counter:
        found["ignore"] = _Score(0.97, say("The values count the rows."))
    if (
        key in _WEAK_NUMBERS
        and not profile.is_row_counter
        and profile.count >= 2
        and profile.distinct > 0.95
        and profile.dates < 0.5
    ):
        found["tag"] = _Score(0.75, say("The values tell devices apart."))
    return found
