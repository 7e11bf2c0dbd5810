"""Repeated column groups: PPM_Q_I_date, PPM_Q_I_engineer … PPM_Q_IV_status; Visit 1 date …; Jan … Dec."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from .profile import Profile
from .vocabulary import group_roles, heading_key, service_words
from .words import months

_ROMAN = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "v": 5,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "x": 10,
    "xi": 11,
    "xii": 12,
}
_ORDINALS = {
    word: number
    for number, words in enumerate(
        (
            "first 1st primer primero primera 1er 1ere 1ro premier erste prima primo",
            "second 2nd segundo segunda 2eme 2do deuxieme zweite seconda secondo",
            "third 3rd tercer tercero tercera 3eme 3ro troisieme dritte terza terzo",
            "fourth 4th cuarto cuarta 4eme 4to quatrieme vierte quarta quarto",
        ),
        1,
    )
    for word in words.split()
}
_PREFIXED = re.compile(r"([^\W\d_]{1,12})(\d{1,2})\Z")
_SUFFIX = re.compile(r" \((\d{1,3})\)\Z")


@dataclass(frozen=True)
class Group:
    """One repetition. ``columns``: role (date, due, done, engineer, status, notes, mark) → 0-based column index.

    ``order`` is the number of the repetition (the month for month columns, then ``is_month``).
    """

    label: str
    order: int
    columns: Mapping[str, int]
    is_month: bool = False


@dataclass(frozen=True)
class _Slot:
    """A heading read as template + number: "ppm q * date", 2."""

    template: str
    order: int
    index: int
    label: str
    is_month: bool


def detect_groups(headings: Sequence[str], profiles: Sequence[Profile] | None = None) -> tuple[Group, ...]:
    """Find repeated groups of service columns. ``profiles`` (one for each column) tell dates from marks in bare
    columns.
    """
    templates: dict[str, dict[int, _Slot]] = {}
    for slot in (slot for index, heading in enumerate(headings) for slot in _slots(heading, index)):
        templates.setdefault(slot.template, {}).setdefault(slot.order, slot)
    repeated = {template: slots for template, slots in templates.items() if _is_series(slots)}
    chosen: list[tuple[str, dict[int, _Slot]]] = []
    for companions in (False, True):
        for template, slots in sorted(repeated.items(), key=lambda item: -len(item[1])):
            found = _companion(template, slots, chosen) if companions else _leader(template, slots, profiles)
            if found and not _columns(slots) & {column for _, other in chosen for column in _columns(other)}:
                chosen.append(found)
    by_group: dict[tuple[bool, int], dict[str, _Slot]] = {}
    for role, slots in chosen:
        for order, slot in slots.items():
            by_group.setdefault((slot.is_month, order), {}).setdefault(role, slot)
    _add_singles(by_group, [slot for slots in templates.values() for slot in slots.values()])
    return tuple(_group(key, slots) for key, slots in sorted(by_group.items()))


def _add_singles(by_group: dict[tuple[bool, int], dict[str, _Slot]], slots: list[_Slot]) -> None:
    """A column that only one of the groups has: "PPM Q I date" where the other quarters have engineers only."""
    used = {slot.index for group in by_group.values() for slot in group.values()}
    for slot in slots:
        group = by_group.get((slot.is_month, slot.order), {})
        role = _spoken_role(_template_words(slot.template))
        if (
            role
            and role not in group
            and slot.index not in used
            and slot.label in {other.label for other in group.values()}
        ):
            group[role] = slot
            used.add(slot.index)


def _columns(slots: dict[int, _Slot]) -> set[int]:
    return {slot.index for slot in slots.values()}


def _leader(
    template: str, slots: dict[int, _Slot], profiles: Sequence[Profile] | None
) -> tuple[str, dict[int, _Slot]] | None:
    role = _role(template, slots, profiles)
    return (role, slots) if role else None


def _companion(
    template: str, slots: dict[int, _Slot], chosen: list[tuple[str, dict[int, _Slot]]]
) -> tuple[str, dict[int, _Slot]] | None:
    """A series that says nothing of service belongs to one that does when they are numbered alike or side by side."""
    role = _spoken_role(_template_words(template))
    for _, leader in chosen if role else ():
        pairs = [(leader[a], slots[b]) for a, b in zip(sorted(leader), sorted(slots), strict=False)]
        beside = len(leader) == len(slots) and all(0 < mine.index - first.index <= 3 for first, mine in pairs)
        if role and (leader.keys() == slots.keys() or beside):
            return role, {
                first.order: replace(mine, order=first.order, is_month=first.is_month) for first, mine in pairs
            }
    return None


def _template_words(template: str) -> list[str]:
    return [word for token in template.rstrip("#").split() if (word := re.sub(r"[\d*]", "", token))]


def _group(key: tuple[bool, int], slots: dict[str, _Slot]) -> Group:
    label = next(iter(slots.values())).label
    return Group(label, key[1], MappingProxyType({role: slot.index for role, slot in slots.items()}), key[0])


def _is_series(slots: dict[int, _Slot]) -> bool:
    """At least two, numbered without a large gap, each in a column of its own."""
    orders = sorted(slots)
    return (
        len(orders) >= 2
        and len({slot.index for slot in slots.values()}) == len(orders)
        and orders[-1] - orders[0] < 2 * len(orders)
    )


def _slots(heading: str, index: int) -> Iterator[_Slot]:
    """Every way in which a heading can be a number in a series; a repeated heading carries its number as " (2)"."""
    suffix = _SUFFIX.search(heading)
    tokens = heading_key(_SUFFIX.sub("", heading)).split()
    if any(token in service_words() or token in group_roles() for token in tokens):
        order = int(suffix[1]) if suffix else 1
        yield _Slot(" ".join(tokens) + " #", order, index, f"{_SUFFIX.sub('', heading)} {order}", False)
    for position, token in enumerate(tokens):
        for prefix, order, is_month in _ordinal(token):
            rest = [
                *tokens[:position],
                f"{prefix}*",
                *[t for t in tokens[position + 1 :] if not (is_month and t.isdecimal())],
            ]
            label = " ".join((*tokens[:position], token)).upper() if not is_month else token.title()
            yield _Slot(" ".join(rest) + ("m" if is_month else ""), order, index, label, is_month)


def _ordinal(token: str) -> Iterator[tuple[str, int, bool]]:
    if token in months() and len(token) > 2:
        yield "", months()[token], True
    elif token in _ROMAN:
        yield "", _ROMAN[token], False
    elif token in _ORDINALS:
        yield "", _ORDINALS[token], False
    elif token.isdecimal() and (len(token) <= 2 or (len(token) == 4 and 1990 <= int(token) <= 2100)):
        yield "", int(token), False
    elif match := _PREFIXED.match(token):
        yield match[1], int(match[2]), False


def _role(template: str, slots: dict[int, _Slot], profiles: Sequence[Profile] | None) -> str | None:
    """The role of a series of columns, None when it is not about service."""
    is_month = next(iter(slots.values())).is_month
    words = _template_words(template.removesuffix("m") if is_month else template)
    spoken = _spoken_role(words)
    about_service = is_month or any(word in service_words() for word in words)
    dates = _mean_dates(slots, profiles)
    if spoken:
        return spoken if about_service or dates >= 0.5 or len(slots) >= 3 else None
    if dates >= 0.5:
        return "date"
    return "mark" if about_service and len(slots) >= 3 else None


def _spoken_role(words: list[str]) -> str | None:
    """The role named by the last (or first) words of a heading."""
    roles = group_roles()
    ends = [" ".join(words[-n:]) for n in (2, 1) if len(words) >= n] + [
        " ".join(words[:n]) for n in (2, 1) if len(words) >= n
    ]
    return next((roles[end] for end in ends if end in roles), None)


def _mean_dates(slots: dict[int, _Slot], profiles: Sequence[Profile] | None) -> float:
    if not profiles:
        return 0.0
    known = [profiles[slot.index].dates for slot in slots.values() if profiles[slot.index].count]
    return sum(known) / len(known) if known else 0.0
