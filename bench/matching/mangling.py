"""How registers mangle names, numbers and versions. Every rule is named; docs/explanation/matching.md lists them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Rule = Callable[[random.Random, str], str]

TRAILING = ("monitor", "SYSTEM", "unit", "w/ stand", "(ICU)", "adult", "- main", "device", "new", "portable",
            "incl. cart", "pump", "ventilator", "#2", "spare", "machine", "complete",
            "gen. 2 loaner", "/ trolley")  # fmt: skip
_LEGAL = re.compile(
    r"[,.]?\s+(?:inc|llc|ltd|corp|corporation|co|gmbh|company|limited|ag|sa|usa|lp)\b\.?,?", re.IGNORECASE
)
_KEYS = {"a": "s", "e": "r", "i": "o", "o": "p", "n": "m", "t": "r", "s": "d", "l": "k", "u": "y", "c": "v"}


# Names of models -------------------------------------------------------------------------------------------------


def upper(rng: random.Random, text: str) -> str:
    return text.upper()


def lower(rng: random.Random, text: str) -> str:
    return text.lower()


def title(rng: random.Random, text: str) -> str:
    return text.title()


def without_spaces(rng: random.Random, text: str) -> str:
    return text.replace(" ", "")


def spaces_as_hyphens(rng: random.Random, text: str) -> str:
    return text.replace(" ", "-")


def hyphens_as_spaces(rng: random.Random, text: str) -> str:
    return text.replace("-", " ")


def without_hyphens(rng: random.Random, text: str) -> str:
    return re.sub(r"(?<=\w)-(?=\w)", "", text)


def apart(rng: random.Random, text: str) -> str:
    """A space or hyphen between letters and digits: MX40 as MX-40."""
    return re.sub(r"(?<=[A-Za-z])(?=\d)", rng.choice(" -"), text, count=1)


def trailing(rng: random.Random, text: str) -> str:
    return f"{text} {rng.choice(TRAILING)}"


def abbreviated(rng: random.Random, text: str) -> str:
    """One long word cut short, with or without a full stop, or without its vowels."""
    words = re.findall("[A-Za-z]{6,}", text)
    if not words:
        return text
    word = rng.choice(words)
    short = rng.choice([word[:4] + ".", word[:5], word[0] + re.sub("[aeiou]", "", word[1:])])
    return text.replace(word, short, 1)


def typing_error(rng: random.Random, text: str) -> str:
    """One letter of a word of five or more swapped, dropped, doubled or mistyped; never a digit."""
    words = list(re.finditer("[A-Za-z]{5,}", text))
    if not words:
        return text
    found = rng.choice(words)
    at = rng.randrange(found.start() + 1, found.end() - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        return text[:at] + text[at] + text[at:]
    return text[:at] + _KEYS.get(text[at].lower(), "x") + text[at + 1 :]


def without_first_word(rng: random.Random, text: str) -> str:
    """The product line left out, where a code remains: IntelliVue MX40 as MX40."""
    first, _space, rest = text.partition(" ")
    return rest if first.isalpha() and re.search(r"[A-Za-z]*\d{2}", rest) else text


def labelled(rng: random.Random, text: str) -> str:
    return f"{rng.choice(['Model ', 'Mod. ', 'Type ', 'MODEL: '])}{text}"


def in_brackets(rng: random.Random, text: str) -> str:
    return f"{text} ({rng.choice(['old', 'ward 4', 'EU', '230V', 'loan'])})"


def letter_for_digit(rng: random.Random, text: str) -> str:
    return re.sub("0", "O", text, count=1) if re.search(r"\d0", text) else text


NAME_RULES: tuple[Rule, ...] = (
    upper, lower, title, without_spaces, spaces_as_hyphens, hyphens_as_spaces, without_hyphens, apart, trailing,
    abbreviated, typing_error, without_first_word, labelled, in_brackets, letter_for_digit,
)  # fmt: skip


# Names of makers -------------------------------------------------------------------------------------------------


def without_legal_form(rng: random.Random, text: str) -> str:
    return _LEGAL.sub("", text) or text


def with_legal_form(rng: random.Random, text: str) -> str:
    return f"{without_legal_form(rng, text)} {rng.choice(['Inc.', 'Ltd', 'GmbH', 'LLC', 'Corp.', 'Medical Systems'])}"


def with_country(rng: random.Random, text: str) -> str:
    return f"{text}{rng.choice([' (USA)', ', Germany', ' - USA', ' UK'])}"


def maker_typing_error(rng: random.Random, text: str) -> str:
    return typing_error(rng, text) if len(text) >= 9 else text


MAKER_RULES: tuple[Rule, ...] = (upper, lower, without_legal_form, with_legal_form, with_country, maker_typing_error)


# Serial and lot numbers ------------------------------------------------------------------------------------------


def zeros_dropped(rng: random.Random, text: str) -> str:
    return text.lstrip("0") or text if text.isdigit() else text


def labelled_serial(rng: random.Random, text: str) -> str:
    return f"{rng.choice(['SN ', 'S/N: ', 'sn', '#'])}{text}"


def split_serial(rng: random.Random, text: str) -> str:
    """A space or hyphen between the letters in front and the digits."""
    return re.sub(r"^([A-Za-z]+)(?=\d)", lambda found: found[1] + rng.choice("- "), text)


def marked(rng: random.Random, text: str) -> str:
    return f"{text}{rng.choice(['#', ' ', '*'])}"


SERIAL_RULES: tuple[Rule, ...] = (lower, zeros_dropped, labelled_serial, split_serial, marked)


# Versions --------------------------------------------------------------------------------------------------------


def with_v(rng: random.Random, text: str) -> str:
    return f"{rng.choice(['v', 'V', 'v. ', 'Rev ', 'SW ', 'Version '])}{text}"


def with_a_zero(rng: random.Random, text: str) -> str:
    return f"{text}.0"


VERSION_RULES: tuple[Rule, ...] = (with_v, with_a_zero)


def mangled(rng: random.Random, text: str, rules: tuple[Rule, ...], most: int) -> tuple[str, list[str]]:
    """The text after none to ``most`` rules, and the names of those that changed it."""
    done = []
    for rule in rng.sample(rules, rng.randint(0, most)):
        changed = " ".join(rule(rng, text).split())
        if changed and changed != text:
            text, done = changed, [*done, rule.__name__]
    return text, done
