"""The beginning of a line or sentence: prose that says nothing of devices, or the name of a product."""

from __future__ import annotations

import re
from itertools import islice, takewhile

from wardwright.kernel.names.makers import known_maker

from .assemble import Item
from .model import Element, Form, Of, Span
from .names import only_ordinary
from .prose import is_point, is_prose, leads_to_points
from .read_values import SURE_VERSION, ValueReader
from .tokens import T, Token
from .values import joined, one
from .vocabulary import (
    ANNOUNCING,
    ASIDE,
    BEARING,
    CLOSING,
    FAREWELL,
    HARMLESS,
    JOINING,
    MAKER_LABEL,
    NOISE,
    PROSE,
    REMEDY,
    TELLING,
    THOSE,
)

_SENTENCE = re.compile(r"[^\n;]*?(?:[a-z)\d]\.(?=\s+[A-Z]|\s*$|\n)|(?=[;\n])|\Z)")
_AFFECTING = re.compile(r"\b(?:affected|impacted|recalled|subject|concerned|vulnerable)\b", re.IGNORECASE)
_VERSION = re.compile(r"v?\d+(?:\.\w+)*\Z", re.IGNORECASE)
_RESTRICTING = (T.LESS, T.MOST, T.AND_LESS, T.EXCEPT, T.BEGINNING, T.UDI)
_PHONE = re.compile(r"\+?\(?\d{1,3}[\d() .-]{6,}\d")
_PRODUCT = re.compile(r"\b(?:products?|devices?|brand|name|equipment|trade ?name)\b", re.IGNORECASE)
_OF_A_NAME = (T.WORD, T.VALUE, T.DASH, T.NUMBER, T.OTHER, T.BAR, T.OPEN, T.CLOSE, T.QUANTITY)


class HeadingReader(ValueReader):
    """Reads what stands first."""

    def _prose_or_name(self) -> bool:
        """At the start of a part: a sentence about hazards, or the name of a product before a label or a colon."""
        self.starting = False
        first = self.tokens[self.at]
        closing = CLOSING.match(self.text, first.span.start)
        if closing and self.items:
            self._pass_until(closing.end())
            return True
        aside = ASIDE.match(self.text, first.span.start)
        if aside and not BEARING.search(aside[0].partition(":")[2]):
            self._pass_until(aside.end())
            return True
        if FAREWELL.match(self.text, first.span.start) and not self._has_value(len(self.text), T.VALUE):
            self._pass_until(len(self.text))
            return True
        if self._remedy(first):
            return True
        worded = first.kind in (T.WORD, T.REASON, T.CONDITION, T.VALUE, T.LABEL)
        if worded and PROSE.match(self.text, first.span.start):
            sentence = _SENTENCE.match(self.text, first.span.start)
            words = THOSE.sub("", _PHONE.sub("", sentence[0])) if sentence else ""
            bearing = BEARING.search(words) or re.search(r"\d", words)
            if sentence and not bearing and not self._has_value(sentence.end()):
                self._pass_until(sentence.end())
                return True
        return self._prose() or (first.kind in (T.WORD, T.VALUE) and self._heading())

    def _remedy(self, first: Token) -> bool:
        """ "The problem is fixed in 3.2", "Upgrade to 3.2": no device is named by it. It is a remark where devices are
        named before, and it has nothing but versions; else it is left to a person."""
        sentence = _SENTENCE.match(self.text, first.span.start) if first.kind is not T.BREAK else None
        if sentence is None or not REMEDY.search(sentence[0]):
            return False
        inside = list(takewhile(lambda one: one.span.start < sentence.end(), islice(self.tokens, self.at, None)))
        before = [T.BREAK, *(one.kind for one in inside)]
        known = self._named_before().casefold()
        quiet = (
            bool(self.items)
            and not _AFFECTING.search(sentence[0])
            and all(_is_of_a_remedy(one, kind, known) for one, kind in zip(inside[1:], before[1:], strict=False))
            and inside[0].kind is not T.VALUE
        )
        self._pass_until(sentence.end(), unread=not quiet)
        return True

    def _prose(self) -> bool:
        """A sentence that says nothing of devices, and the points under it; only where something is named before."""
        named = self._named_before()
        first = self.tokens[self.at]
        sentence = _SENTENCE.match(self.text, first.span.start) if named else None
        if sentence is None or first.kind in (T.COLON, T.BREAK):
            return False
        if not (is_point(sentence[0], named) if self.pointing else is_prose(sentence[0], named)):
            self.pointing = False
            return False
        self.pointing = leads_to_points(sentence[0]) or (self.pointing and "." not in sentence[0][-2:])
        self._pass_until(sentence.end())
        return True

    def _named_before(self) -> str:
        """The names so far, and who announced them."""
        names = [e.low for item in self.items for e in item.elements if item.group == "identity"]
        return " ".join([*names, *(span.of(self.text) for span in self.announced)])

    def _has_value(self, end: int, *more: T) -> bool:
        at = self.at
        while at < len(self.tokens) and self.tokens[at].span.start < end:
            if self.tokens[at].kind in (T.LABEL, T.EXCEPT, T.UDI, *more):
                return True
            at += 1
        return False

    def _pass_until(self, end: int, *, unread: bool = False) -> None:
        first = last = self.tokens[self.at].span
        while self.at < len(self.tokens) and self.tokens[self.at].span.start < end:
            last = self.tokens[self.at].span
            self.at += 1
        if last != first and self.tokens[self.at - 1].kind is T.BREAK:
            self.at -= 1  # another part begins behind it
        (self.unread if unread else self.remarks).append(first.with_(last))

    def _heading(self) -> bool:
        """A run of words that ends at a colon or at a label is a name, if it is more than ordinary words."""
        end = self.at
        while (
            end < len(self.tokens)
            and end - self.at < 14
            and self.tokens[end].kind
            in (T.WORD, T.VALUE, T.DASH, T.NUMBER, T.OTHER, T.BAR, T.OPEN, T.CLOSE, T.QUANTITY)
        ):
            end += 1
        words = self.tokens[self.at : end]
        while words and words[-1].kind is T.OPEN and end < len(self.tokens) and self.tokens[end].kind is T.LABEL:
            words, end = words[:-1], end - 1  # "Pump 100 (S/N 1 to 50)"
        bracket = end < len(self.tokens) and self.tokens[end].kind is T.OPEN
        following = self.tokens[end + bracket] if end + bracket < len(self.tokens) else None
        if following is not None and following.kind is T.COMMA and following.text == "," and self._labelled_behind(end):
            ending = True
        else:
            ending = following is not None and following.kind in (T.COLON, T.LABEL)
        ending = ending or (following is not None and following.kind is T.CONDITION and self._labelled_behind(end))
        ending = ending or (self.naming and (following is None or following.kind in (T.BREAK, T.COMMA)))
        self.naming = False
        if not ending or not words:
            return False
        if following and following.kind is T.COLON and self.of in (Of.SERIAL, Of.LOT) and self._colon_of_list(end):
            return False
        if following and following.kind is T.LABEL and self.of is not None and all(w.kind is T.VALUE for w in words):
            return False
        text = joined(words, self.text)
        if following and following.kind is T.COLON and MAKER_LABEL.match(text):
            self.at = end + 1
            self._maker()
            return True
        known = {w.text.casefold() for w in words if w.kind is T.WORD} - NOISE
        if not any(w.kind is T.VALUE for w in words) and (not known or only_ordinary(text)):
            self.remarks.append(words[0].span.with_(words[-1].span))
            self.after_maker = following is not None and following.kind is T.COLON and _PRODUCT.search(text) is not None
        else:
            words = self._without_telling(self._behind_announcement(words))
            while words and words[0].kind is T.WORD and words[0].text.casefold() in NOISE and len(words) > 1:
                words = words[1:]
            if len(words) == 1 and words[0].kind is T.WORD and words[0].text.casefold() in NOISE:
                self.remarks.append(words[0].span)
            elif words:
                self._name(words, following)
        self.at = end
        return True

    def _behind_announcement(self, words: list[Token]) -> list[Token]:
        """Without "Acme is recalling the", which is kept as a remark."""
        found = list(ANNOUNCING.finditer(self.text, words[0].span.start, words[-1].span.end))
        rest = [word for word in words if word.span.start >= found[-1].end()] if found else words
        if not found or not rest:
            return words
        self.remarks.append(Span(words[0].span.start, found[-1].end()))
        return rest

    def _without_telling(self, words: list[Token]) -> list[Token]:
        """Of "X100 pump has an error with" the name; none of "defect was found in", which is left to a person."""
        small = [word.text if word.kind is T.WORD and word.text.islower() else "" for word in words]
        end = next((n for n, text in enumerate(small) if text in TELLING), len(words))
        while end and small[end - 1] in JOINING:
            end -= 1
        if end == len(words) and not all(small):
            return words
        start = next((n for n, text in enumerate(small[:end]) if not text or not _says_little(text)), end)
        kept = words[start:end]
        sure = any(word.kind is T.VALUE or (word is not words[0] and word.text[:1].isupper()) for word in kept)
        rest = words[end:] if sure else words
        if rest:
            quiet = all(word.text.casefold() in NOISE | HARMLESS for word in rest)
            (self.remarks if quiet else self.unread).append(rest[0].span.with_(rest[-1].span))
        return kept if sure else []

    def _maker(self) -> None:
        """ "Manufacturer: Acme Ltd." to the end of the line."""
        if self.at < len(self.tokens) and self.tokens[self.at].kind is not T.BREAK:
            span = self._skip_to_end()
            self.items.append(Item((Element(Of.MAKER, Form.ONE, span.of(self.text).strip(), span=span),), self.segment))

    def _labelled_behind(self, end: int) -> bool:
        return end + 1 < len(self.tokens) and self.tokens[end + 1].kind in (T.LABEL, T.ALL)

    def _colon_of_list(self, end: int) -> bool:
        return end + 1 < len(self.tokens) and self.tokens[end + 1].kind in (T.EXPIRY, T.DAY)

    def _name(self, words: list[Token], following: Token | None) -> None:
        span = words[0].span.with_(words[-1].span)
        if len(words) == 1 and SURE_VERSION.match(words[0].text):
            self._add(one(Of.VERSION, words[0].text, span))
            return
        text = joined(words, self.text).strip(" -:,")
        self.of = None
        if following and following.kind is T.COLON and known_maker(text):
            self._add([Element(Of.MAKER, Form.ONE, text, span=span)])
            self.after_maker = True
            return
        name = Element(Of.MODEL, Form.ONE, text, span=span)
        if following and following.kind is T.LABEL and following.of is Of.MODEL:
            self.name = name
            return
        self.name = name if following and following.kind is T.COLON and self._model_behind(words) else None
        if self.name is None:
            self._add([name], heading=True)

    def _model_behind(self, words: list[Token]) -> bool:
        at = self.at + len(words) + 1
        while at < len(self.tokens) and self.tokens[at].kind in (T.COLON, T.OPEN):
            at += 1
        return at < len(self.tokens) and self.tokens[at].kind is T.LABEL and self.tokens[at].of is Of.MODEL

    def _drop_name(self) -> None:
        """A name whose models never came is a model by itself."""
        if self.name is not None:
            self._add([self.name], heading=True)
            self.name = None


def _is_of_a_remedy(token: Token, before: T, known: str) -> bool:
    """Whether a token names nothing but a version, or what was named before; a mere number only behind "version"."""
    if token.kind is T.VALUE:
        dotted = "." in token.text or before is T.LABEL
        return dotted and _VERSION.match(token.text) is not None
    if token.kind is T.WORD:
        return not token.text[:1].isupper() or token.text.casefold() in known
    return (token.kind is not T.LABEL or token.of is Of.VERSION) and token.kind not in _RESTRICTING


def _says_little(word: str) -> bool:
    return word in NOISE or word in JOINING or only_ordinary(word)
