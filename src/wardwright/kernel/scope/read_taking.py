"""The text of one value, of one token or of several that belong together."""

from __future__ import annotations

import re

from .model import Of, Span
from .read_days import DayReader
from .tokens import T, Token
from .values import joined
from .versions import looks_like_version
from .vocabulary import NOISE, PLACEHOLDERS, QUALIFIERS, UPPER_WORD

_THOUSANDS = re.compile(r"([1-9]\d{0,2})(?:,\d{3})+(?![\w,])")
_THOUSANDS_RANGE = re.compile(r"\d,\d{3}\s*(?:-|to|through|thru)\s*\d{1,3},\d{3}")
_THOUSANDS_WORDED = re.compile(r"\d,\d{3}(?:\s+-\s+|\s*(?:to|through|thru)\s*)\d{1,3},\d{3}")
_LISTING = (Of.SERIAL, Of.LOT, Of.REF, Of.MODEL, Of.UDI_DI)


class ValueTaker(DayReader):
    """Takes values."""

    def _take(self) -> tuple[str, Span] | None:
        """The text of one value, of one token or of several that belong together ("1.3.1 Build 13", "RTL 10400")."""
        token = self.tokens[self.at]
        if token.kind not in (T.VALUE, T.WORD, T.DAY):
            return None
        if self.of is Of.VERSION:
            return self._take_version(token)
        if token.kind is T.WORD:
            return self._take_word(token)
        return self._take_code(token)

    def _take_code(self, token: Token) -> tuple[str, Span]:
        self.at += 1
        text, span = token.text, token.span
        grown = self._thousands(span) if self.of in (Of.SERIAL, Of.LOT) else None
        if grown is not None:
            return self.text[grown.start : grown.end].replace(",", ""), grown
        following = self.tokens[self.at] if self.at < len(self.tokens) else None
        if self.of is Of.MODEL:
            return self._take_named_code(token)
        if self.of is Of.REF and following and following.kind is T.VALUE and built_differently(text, following, span):
            self.at += 1
            return f"{text} {following.text}", span.with_(following.span)
        return text, span

    def _take_named_code(self, token: Token) -> tuple[str, Span]:
        """A model that begins with a code and goes on: "EsophyX2 HD R2005", "AB5000 ASSY,BOXD,CAN"; not "8100 8110"."""
        words = [token]
        while self.at < len(self.tokens) and len(words) < 10:
            following, comma = self.tokens[self.at], False
            if following.text == "," and (behind := self._peek()) is not None:
                following, comma = behind, True
            tight = following.span.start - words[-1].span.end <= 1
            large = following.kind is T.WORD and following.text[:1].isupper() and following.text.casefold() not in NOISE
            other = (
                following.kind is T.VALUE
                and not comma
                and (words[-1].kind is T.WORD or built_differently(words[-1].text, following, words[-1].span))
            )
            if not tight or not (large or other):
                break
            words.append(following)
            self.at += 1 + comma
        span = words[0].span.with_(words[-1].span)
        return span.of(self.text), span

    def _thousands(self, span: Span) -> Span | None:
        """A number whose commas set thousands apart: 1,001 to 1,250. In 101,102-105,106 they may as well part a list:
        None, and what follows is read as a list; see ``_both_readings``."""
        found = _THOUSANDS.match(self.text, span.start)
        if not found or (span.start and self.text[span.start - 1] == ","):
            return None
        around = self.text[max(0, span.start - 24) : found.end() + 24]
        if not _THOUSANDS_RANGE.search(around) or (len(found[1]) == 3 and not _THOUSANDS_WORDED.search(around)):
            return None
        while self.at < len(self.tokens) and self.tokens[self.at].span.start < found.end():
            self.at += 1
        return Span(span.start, found.end())

    def _take_word(self, token: Token) -> tuple[str, Span] | None:
        """A word as a code: in capitals before a number ("RTL 10400"), or by itself ("ABCD"); names under "Model:"."""
        following = self._peek()
        near = following is not None and following.span.start - token.span.end <= 1
        if token.text.casefold() in NOISE and not self._is_letter(token, following):
            return None
        if (
            following
            and near
            and following.kind is T.VALUE
            and self.of in _LISTING
            and UPPER_WORD.match(token.text)
            and len(token.text) <= 5
        ):
            self.at += 2
            return f"{token.text} {following.text}", token.span.with_(following.span)
        if self.of is Of.MODEL:
            return self._take_name()
        stars = re.match(r"\*+", self.text[token.span.end : token.span.end + 9])
        if stars and self.of in (Of.SERIAL, Of.LOT):
            self.at += 1 + sum(one.text == "*" for one in self.tokens[self.at + 1 : self.at + 1 + len(stars[0])])
            return token.text + stars[0], Span(token.span.start, token.span.end + len(stars[0]))
        before = self.tokens[self.at - 1].kind if self.at else T.BREAK
        listed = self.of in (Of.SERIAL, Of.LOT) or (self.of is Of.REF and before in (T.LABEL, T.COLON))
        if (
            UPPER_WORD.match(token.text)
            and listed
            and token.text.casefold() not in PLACEHOLDERS
            and 2 <= len(token.text) <= 20
        ):
            self.at += 1
            return token.text, token.span
        return None

    def _is_letter(self, token: Token, following: Token | None) -> bool:
        """Whether a word is a model's name of one letter: "Model A: …", "Models A, B and C"."""
        ending = following is None or following.kind in (T.COLON, T.COMMA, T.BREAK, T.OPEN, T.CLOSE, T.LABEL, T.BAR)
        return self.of is Of.MODEL and len(token.text) == 1 and token.text.isupper() and ending

    def _take_name(self) -> tuple[str, Span] | None:
        """Words of a model's name up to a comma or a label, the first of them written large."""
        words: list[Token] = []
        if not self.tokens[self.at].text[:1].isupper():
            return None
        while self.at < len(self.tokens) and len(words) < 8 and self.tokens[self.at].kind in (T.WORD, T.VALUE, T.DASH):
            words.append(self.tokens[self.at])
            self.at += 1
        return joined(words, self.text), words[0].span.with_(words[-1].span)

    def _take_version(self, token: Token) -> tuple[str, Span] | None:
        """A version with what belongs to it: "HD 16", "1.3.1 Build 13", "3.0 D15", "4.20 SR1", "14. x"."""
        if token.kind is T.WORD and not _versionlike_word(token, self._peek()):
            return None
        words = [token]
        at = self.at + 1
        while at < len(self.tokens) and len(words) < 6 and _continues(words, self.tokens[at], self.text):
            words.append(self.tokens[at])
            at += 1
        while (
            words
            and not looks_like_version(joined(words, self.text))
            and not re.fullmatch("[A-Za-z]-[A-Za-z]", words[-1].text)
        ):
            words.pop()
        if not words:
            return None
        self.at += len(words)
        return joined(words, self.text), words[0].span.with_(words[-1].span)


def built_differently(text: str, following: Token, span: Span) -> bool:
    """Two codes side by side are one where they are built differently: "3002 S3", not "8100 8110"."""
    if following.span.start - span.end > 1:
        return False
    shapes = [re.sub("[A-Z]+", "A", re.sub(r"\d+", "9", one.upper())) for one in (text, following.text)]
    return shapes[0] != shapes[1]


def _versionlike_word(token: Token, following: Token | None) -> bool:
    word = token.text
    if re.fullmatch("[A-Z](?:-[A-Z])?", word):
        return True
    near = following is not None and following.kind is T.VALUE and following.span.start - token.span.end <= 1
    return near and len(word) <= 3 and word.isupper() and word.isalpha()


def _continues(words: list[Token], following: Token, text: str) -> bool:
    last = words[-1]
    gap = text[last.span.end : following.span.start]
    if gap not in ("", " ", ". "):
        return False
    if following.kind is T.WORD:
        return following.text.casefold() in QUALIFIERS or (following.text in ("x", "X") and gap == ". ")
    if following.kind is not T.VALUE:
        return False
    if last.kind is T.WORD:
        return True
    behind = bool(re.fullmatch(r"(?!v\d)[A-Za-z]+\d+[A-Za-z]?", following.text))
    return behind and bool(re.match(r"[vr]?\d+[\d.]*\Z", words[0].text, re.IGNORECASE))
