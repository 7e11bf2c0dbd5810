"""The text of a notice without what is no text: tags, entities, control characters, typographic signs."""

from __future__ import annotations

import html
import re
import unicodedata

# Only names of HTML: "<May 2018" and "<8.2" are no tags.
_TAG = re.compile(
    r"<\s*(/?)\s*(p|br|div|li|ul|ol|tr|td|th|table|tbody|thead|span|b|i|u|em|strong|a|font|h[1-6]|sup|sub|hr|pre|section)"
    r"(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--.*?-->|<(script|style)\b[^<>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_BREAKING = frozenset(
    ("p", "br", "div", "li", "ul", "ol", "tr", "table", "hr", "pre", "section", *(f"h{n}" for n in range(1, 7)))
)
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
        **dict.fromkeys("‘’‚′`´", "'"),
        **dict.fromkeys("“”„″«»", '"'),
        **dict.fromkeys("\u00a0\u2007\u202f\u2009\u200a\u2002\u2003\x0b", " "),
        **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad®™©", None),
        **dict.fromkeys("\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", None),  # turn writing around
        **dict.fromkeys("\x0c\u2028\u2029\x85", "\n"),
        **dict.fromkeys("•▪●◦·‣", "\n"),
        "≤": "<=",
        "≥": ">=",
        "…": "...",
        "‹": "<",
        "›": ">",
        "＜": "<",
        "＞": ">",
    }
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1c\x1e\x1f\x7f-\x9f]")
_CELLS = re.compile(r"(?<=[^\s:,;|]) *\t[ \t]*(?=[^\s|])")
_SPACES = re.compile(r" {2,}")
_AROUND_BREAKS = re.compile(r" *\n[ \n]*")
_LETTERS_APART = re.compile(r"[\uff01-\uff5e]")


def clean(text: str) -> str:
    """One line per line, one space between words, plain signs. What is clean already stays as it is."""
    if "&" in text:
        text = html.unescape(html.unescape(text))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "<" in text:
        text = _TAG.sub(_tag, _COMMENT.sub(" ", text))
    if "\t" in text:
        text = _with_bars(text)
    text = _CONTROL.sub("", text.translate(_SIGNS))
    if not text.isascii():
        text = unicodedata.normalize("NFC", _LETTERS_APART.sub(lambda sign: chr(ord(sign[0]) - 0xFEE0), text))
    return _AROUND_BREAKS.sub("\n", _SPACES.sub(" ", text)).strip()


def _with_bars(text: str) -> str:
    """Tabs as bars where two lines or more have some, as a table that was pasted has; else as spaces."""
    lines = text.split("\n")
    tabbed = ["\t" in line.strip() for line in lines]
    table = [here and True in (*tabbed[max(0, n - 1) : n], *tabbed[n + 1 : n + 2]) for n, here in enumerate(tabbed)]
    made = (_CELLS.sub(" | ", line.strip()) if in_table else line for line, in_table in zip(lines, table, strict=True))
    return "\n".join(made).replace("\t", " ")


def _tag(found: re.Match[str]) -> str:
    name = found[2].lower()
    return "\n" if name in _BREAKING else " | " if name in ("td", "th") and found[1] else ""
