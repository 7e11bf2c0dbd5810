"""Notices composed of real products and the patterns in which regulators and makers write (STANDARDS 5.5)."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable
from itertools import count

from wardwright.kernel.matching import Subject
from wardwright.kernel.scope import read_notice, read_scope

from .labelled import Labelled, Meant, Truth
from .things import Thing

TO = ("-", " - ", " to ", " through ", " thru ", "\u2013", " \u2014 ")
COMMAS = (", ", "; ", ",\r\n", "<br>", " and ", "\n", " &amp; ")
SERIALS = ("Serial Numbers: ", "S/N ", "SN: ", "Serial No. ", "serial number(s) ", "Serial #: ", "Serials: ")
LOTS = ("Lot Numbers: ", "Lot: ", "Lots ", "Lot/Batch Numbers: ", "Batch No. ", "LOT # ", "lot codes: ")
MODELS = ("Model ", "Model: ", "Model No. ", "Model Number: ", "<b>Model</b> ")
REFS = ("REF ", "Catalog No. ", "Item # ", "Catalog Number: ", "Part Number: ", "REF: ")
PREFIXES = ("", "", "AB", "SN7X", "12A", "A", "US", "K")

Part = tuple[str, list[Truth], list[Truth], str]  # words, inside, outside, what restricts


def composed(rng: random.Random, things: list[Thing], amount: int) -> list[Labelled]:
    """``amount`` notices over ``things``, each about one to three products of one maker."""
    by_maker: dict[str, list[Thing]] = {}
    for thing in things:
        by_maker.setdefault(thing.maker.casefold(), []).append(thing)
    made: list[Labelled] = []
    names = sorted(by_maker)
    for number in count():
        if len(made) == amount:
            return made
        own = by_maker[names[number % len(names)]] if number < len(names) else by_maker[rng.choice(names)]
        chosen: list[Thing] = []
        for thing in rng.sample(own, min(len(own), rng.choice([1, 1, 1, 2, 3]))):
            chosen += [thing] if all(_two(thing, other) for other in chosen) else []
        made.append(_one(rng, number, chosen, own))
    raise AssertionError


def _one(rng: random.Random, number: int, chosen: list[Thing], own: list[Thing]) -> Labelled:
    meant, parts, descriptions = [], [], []
    by_ref = all(thing.ref for thing in chosen) and rng.random() < 0.4
    by_di = not by_ref and all(thing.di for thing in chosen) and rng.random() < 0.25
    for thing in chosen:
        words, inside, outside, restricts = rng.choice(PATTERNS)(rng)
        if by_ref:
            name = f"{rng.choice(REFS)}{thing.ref}"
        elif by_di:
            name = f"UDI-DI: {thing.di}"
        else:
            name = f"{rng.choice(MODELS)}{thing.name}"
        parts.append(f"{name}{rng.choice([': ', ', ', '; ' if by_di else ' - ' if by_ref else ': '])}{words}")
        descriptions.append(f"{thing.name}, {rng.choice(MODELS)}{thing.model}" if thing.model else thing.name)
        meant.append(Meant(thing, inside, outside, restricts))
    text = rng.choice(["; ", "\n", ".\n", "<p>"]).join(parts)
    maker = chosen[0].maker
    if rng.random() < 0.4:
        described = "; ".join(descriptions)
        if by_ref:
            described += ", REF " + " and ".join(thing.ref for thing in chosen)
        scope = read_notice(described, text)
    else:
        scope = read_scope(text)
        for one in meant:
            one.named = not by_di and not by_ref
    siblings = [thing for thing in own if all(_two(thing, other) for other in chosen)]
    codes = tuple(dict.fromkeys(filter(None, (thing.code for thing in chosen)))) if rng.random() < 0.5 else ()
    brands = tuple(dict.fromkeys(filter(None, (t.brand for t in chosen)))) if rng.random() < 0.3 else ()
    subject = Subject(f"composed {number}", scope, (maker,), brands, codes)
    return Labelled("composed", subject, meant, rng.sample(siblings, min(4, len(siblings))))


def _two(a: Thing, b: Thing) -> bool:
    """Whether two entries are certainly two products: other names, other numbers, and neither part of the other."""
    one, other = _pieces(a), _pieces(b)
    numbers = [{piece for piece in pieces if any(c.isdigit() for c in piece)} for pieces in (one, other)]
    if a.ref and a.ref == b.ref:
        return False
    if numbers[0] and numbers[1]:
        return not numbers[0] & numbers[1]
    return not one & other


def _pieces(thing: Thing) -> set[str]:
    return set(re.findall(r"[a-z]+|\d+", f"{thing.name} {thing.model}".casefold()))


# Patterns --------------------------------------------------------------------------------------------------------


def _written(prefix: str, number: int, width: int) -> str:
    return f"{prefix}{number:0{width}}"


def _serial_ranges(rng: random.Random) -> Part:
    """1001-1250, 1300 through 1350"""
    prefix, width = rng.choice(PREFIXES), rng.choice([4, 5, 6, 8])
    start = rng.randrange(10 ** (width - 1), 8 * 10 ** (width - 1))
    listed, whole, spans = [], set(), []
    for _ in range(rng.randint(1, 4)):
        size = rng.choice([0, 0, 1, 9, 49, 249])
        low, high = start, start + size
        spans.append((low, high))
        whole |= {low, high, (low + high) // 2, *([low + 1, high - 1] if size > 1 else [])}
        text = _written(prefix, low, width)
        listed.append(text if not size else f"{text}{rng.choice(TO)}{_written(prefix, high, width)}")
        start = high + rng.randint(5, 200)
    edges = {n + step for n in whole for step in (-1, 1)}
    outside = [n for n in sorted({*edges, start + 7, start + 4000}) if not any(a <= n <= b for a, b in spans)]
    words = rng.choice(SERIALS) + rng.choice(COMMAS).join(listed)
    return words, _serials(prefix, width, sorted(whole)), _serials(prefix, width, outside), "serial"


def _serials(prefix: str, width: int, numbers: list[int]) -> list[Truth]:
    return [Truth(serial=_written(prefix, n, width)) for n in numbers if n >= 0]


def _range_words(rng: random.Random) -> Part:
    """S/N range ABC1000 to ABC1999"""
    prefix, low = rng.choice(["ABC", "QX", "7F"]), rng.randrange(1000, 4000)
    high = low + rng.randrange(100, 900)
    words = f"S/N range {prefix}{low} to {prefix}{high}"
    return (
        words,
        _serials(prefix, 4, [low, low + 1, high - 1, high]),
        _serials(prefix, 4, [low - 1, high + 1]),
        "serial",
    )


def _beginning(rng: random.Random) -> Part:
    """SN beginning with 12A"""
    start = rng.choice(["12A", "BZ4", "2019"])
    inside = [Truth(serial=f"{start}{rng.randrange(100, 999)}") for _ in range(4)]
    outside = [Truth(serial=f"{other}{rng.randrange(100, 999)}") for other in ("12B", "BZ5", "2020")]
    return f"SN beginning with {start}", inside, outside, "serial"


def _below(rng: random.Random) -> Part:
    """S/N 5000 and below"""
    top = rng.randrange(3000, 9000)
    words = rng.choice(["S/N {} and below", "Serial numbers up to {}", "Serial Numbers {} and lower"]).format(top)
    return words, _serials("", 4, [top, top - 1, 1200]), _serials("", 4, [top + 1, top + 500]), "serial"


def _lots(rng: random.Random) -> Part:
    """Lot/Batch Numbers: 13F18C0374, 13F18H0580"""
    lots = [rng.choice(["13F18C0{}", "{}-2", "JT{}", "R1{}"]).format(rng.randrange(1000, 9999)) for _ in range(5)]
    words = rng.choice(LOTS) + rng.choice(COMMAS).join(lots)
    others = [lot[:-1] + str((int(lot[-1]) + 3) % 10) for lot in lots if lot[-1].isdigit()]
    return (
        words,
        [Truth(lot=lot) for lot in lots],
        [Truth(lot=lot) for lot in others if lot not in lots],
        "lot",
    )


def _lots_with_expiry(rng: random.Random) -> Part:
    """Lot numbers and exp dates:  10108716  31-Mar-2013"""
    lots = [str(rng.randrange(10_100_000, 10_200_000)) for _ in range(3)]
    words = "Lot numbers and exp dates:  " + ", \n".join(f"{lot}  {rng.randint(1, 28)}-Mar-2013" for lot in lots)
    return words, [Truth(lot=lot) for lot in lots], [Truth(lot=str(int(lots[0]) + 1_000_000))], "lot"


def _versions(rng: random.Random) -> Part:
    """Software versions 3.0 through 3.2.1"""
    major, minor = rng.randint(1, 9), rng.randint(1, 6)
    words, inside, outside = rng.choice(
        [
            (f"Software versions {major}.0 through {major}.{minor}.1",
             [f"{major}.0", f"{major}.{minor}", f"{major}.{minor}.1"], [f"{major}.{minor}.2", f"{major - 1}.9"]),
            (f"software version {major}.{minor} and earlier", [f"{major}.{minor}", f"{major}.{minor - 1}"],
             [f"{major}.{minor + 1}", f"{major + 1}.0"]),
            (f"all software versions prior to {major}.{minor}", [f"{major}.{minor - 1}", f"{major - 1}.9"],
             [f"{major}.{minor}", f"{major}.{minor + 1}"]),
            (f"Software Version {major}.{minor}", [f"{major}.{minor}"],
             [f"{major}.{minor + 1}", f"{major + 1}.{minor}"]),
        ]
    )  # fmt: skip
    return words, [Truth(version=v) for v in inside], [Truth(version=v) for v in outside], "version"


def _made(rng: random.Random) -> Part:
    """Manufactured from 01/2019 to 06/2020"""
    year = rng.randint(2012, 2021)
    words = rng.choice(
        ["Manufactured from 01/{a} to 06/{b}", "manufactured between January {a} and June {b}",
         "manufactured from January 1, {a} through June 30, {b}"]
    ).format(a=year, b=year + 1)  # fmt: skip
    inside = [dt.date(year, 1, 1), dt.date(year + 1, 6, 30), dt.date(year, 9, 9)]
    outside = [dt.date(year - 1, 12, 31), dt.date(year + 1, 7, 1)]
    return words, [Truth(made_on=day) for day in inside], [Truth(made_on=day) for day in outside], "made_on"


def _all(rng: random.Random) -> Part:
    """All serial numbers"""
    words = rng.choice(
        ["All serial numbers", "all lots", "All units", "All lots within expiry", "all serial numbers affected"]
    )
    return words, [Truth(serial=str(rng.randrange(10_000, 99_999))) for _ in range(5)], [], ""


def _except(rng: random.Random) -> Part:
    """1001-1250 except 1100"""
    low = rng.randrange(1000, 5000)
    high, left_out = low + 250, low + rng.randrange(10, 200)
    words = f"{rng.choice(SERIALS)}{low}-{high} except {left_out}"
    return (
        words,
        _serials("", 4, [low, left_out - 1, left_out + 1, high]),
        _serials("", 4, [left_out, high + 1]),
        "serial",
    )


PATTERNS: tuple[Callable[[random.Random], Part], ...] = (
    _serial_ranges, _serial_ranges, _serial_ranges, _range_words, _beginning, _below, _lots, _lots, _lots_with_expiry,
    _versions, _versions, _made, _all, _all, _except,
)  # fmt: skip
