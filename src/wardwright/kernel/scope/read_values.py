"""Values under a label, and what bounds them: ranges, "and below", "prior to", "beginning with"."""

from __future__ import annotations

import re
from dataclasses import replace

from .assemble import named_with
from .cursor import BEHIND
from .model import DAYS, IDENTITY, Element, Form, Of, Span
from .read_taking import ValueTaker, built_differently
from .tokens import T, Token
from .values import between, bounded, one
from .versions import looks_like_version
from .vocabulary import NOISE, UPPER_WORD

# 100,200 or 101,102-105,106, with no other comma beside it.
_TIGHT = re.compile(r"[1-9]\d{0,2},\d{3}(?:(\s*-\s*\d{1,3},\d{3})|(?![\w,-]))")
# A version without a label: v8, v8.x, 12.x, B.06, B.06.18
SURE_VERSION = re.compile(r"v\d[\w.]*\Z|\d+(?:\.\d+)*\.x\Z|[a-z]\.\d\d(?:\.\d+)*\Z", re.IGNORECASE)
MAYBE_VERSION = re.compile(r"v?\d+(?:\.\w+)+\Z|v\d\w*\Z", re.IGNORECASE)


class ValueReader(ValueTaker):
    """Reads values with their bounds."""

    def _on_less(self, token: Token) -> None:
        self._bound(token)

    _on_most = _on_least = _on_more = _on_less

    def _bound(self, token: Token) -> None:
        """A bound before what it bounds: "prior to Version 3.0", "from 1001 to 1250"."""
        start = self.at
        self.at += 1
        while self._kind(0) in (T.LABEL, T.COLON) or (
            self._kind(0) is T.WORD and self.tokens[self.at].text.casefold() in NOISE and self.of is not Of.VERSION
        ):
            if self.tokens[self.at].kind is T.LABEL:
                self.of = self.tokens[self.at].of
            self.at += 1
        following = self.tokens[self.at] if self.at < len(self.tokens) else None
        if following is not None and self._means_day(following):
            self.at = start
            self._days(self.of if self.of in DAYS else Of.SHIPPED)
            return
        if self.of is None and following is not None and MAYBE_VERSION.match(following.text):
            self.of = Of.VERSION
        taken = self._take() if self.of is not None and following is not None else None
        if taken is None or self.of is None:
            self.at = max(self.at, start + 1)
            self._unread_part(token.span)
            return
        text, end = taken
        if self._beside_another(text, end):
            return
        span = token.span.with_(end)
        inside = one(self.of, text, span)
        if inside and inside[0].form is Form.RANGE:
            self._add(inside)
            return
        joint = self._kind(0)
        joins = joint in (T.BOTH, T.DASH) or (
            joint in (T.COMMA, T.BAR) and token.kind is T.LEAST and token.text.casefold() in ("between", ">=")
        )
        bounds = (T.MOST, T.LESS)
        joins = joins or (joint is T.COMMA and self._kind() in bounds)
        open_above = token.kind in (T.LEAST, T.MORE) and (joins or joint in bounds)
        if open_above and self._upper_end(token, text, span):
            return
        self._add([bounded(self.of, token.kind, text, span)])

    def _means_day(self, token: Token) -> bool:
        """Whether what is bounded is a day ("prior to May 2018"), and no version that looks like one (2018.1)."""
        if token.kind is not T.DAY or self.of not in (None, Of.VERSION, *DAYS) or re.fullmatch(r"[\d.]+", token.text):
            return False
        worded = re.search("[a-z]", token.text, re.IGNORECASE) is not None
        return self.of is not Of.VERSION or worded or not looks_like_version(token.text)

    def _upper_end(self, token: Token, low: str, span: Span) -> bool:
        """The other end of a range whose lower end is read: "to 3.2", "| <= 3.2", "and 3.2"."""
        start = self.at
        open_end = False
        while self._kind(0) in (T.BOTH, T.DASH, T.COMMA, T.BAR, T.LABEL, T.MOST, T.LESS, T.COLON):
            open_end = open_end or self.tokens[self.at].kind is T.LESS
            self.at += 1
        bare = [t.kind for t in self.tokens[start : self.at]]
        taken = self._take() if self._kind(0) in (T.VALUE, T.WORD, T.DAY) else None
        plain = token.text.casefold() != ">=" or T.MOST in bare or T.LESS in bare or T.BOTH in bare
        if taken is None or not plain or self.of is None:
            self.at = start
            return False
        element = between(self.of, low, taken[0], span.with_(taken[1]))
        self._add([replace(element, low_open=token.kind is T.MORE, high_open=open_end)])
        return True

    def _on_beginning(self, token: Token) -> None:
        """ "Beginning with 12A": prefixes; a range follows only from "starting at"."""
        self.at += 1
        while (
            self._kind(0) in (T.COLON, T.LABEL)
            or self._quote()
            or (
                self._kind(0) is T.WORD
                and (
                    self.tokens[self.at].text.casefold() in NOISE or self.tokens[self.at].text in ("letters", "digits")
                )
                and not UPPER_WORD.match(self.tokens[self.at].text)
            )
        ):
            if self.tokens[self.at].kind is T.LABEL:
                self.of = self.tokens[self.at].of
            self.at += 1
        found: list[Element] = []
        while self.at < len(self.tokens) and self.tokens[self.at].kind in (T.VALUE, T.WORD, T.DAY):
            word = self.tokens[self.at]
            if word.kind is T.WORD and not UPPER_WORD.match(word.text):
                break
            found.append(Element(self.of or Of.SERIAL, Form.PREFIX, word.text.strip("\"'*"), span=word.span))
            self.at += 1
            self.at += self._quote()
            if self._kind(0) is T.COMMA and (self._kind() in (T.VALUE, T.WORD) or self._quote(1)):
                self.at += 1
            self.at += self._quote()
        if found and self.of in (Of.SERIAL, Of.LOT):
            self._add(found)
        else:
            self.unread.append(token.span)

    def _quote(self, ahead: int = 0) -> bool:
        token = self._peek(ahead)
        return token is not None and token.text in ("'", '"')

    def _value(self, token: Token) -> bool:
        """A value under the present label, with what bounds it behind; False where the token is none."""
        if self.of in IDENTITY and self.counted and self._of_what_follows():
            self.of = self.counted  # "serials 1-9 for model A and 20-29 for model B"
        of = self.of
        if of is None or of in DAYS:
            return self._value_day(token)
        start = self.at
        taken = self._take()
        if taken is None:
            return False
        text, span = taken
        if of in (Of.SERIAL, Of.LOT):
            self._both_readings(span)
        if self._beside_another(text, span):
            return True
        joint = self._kind(0)
        if joint in (T.BOTH, T.DASH) and of not in (Of.REF, Of.UDI_DI):
            self.at += 1
            while self._kind(0) in (T.BOTH, T.LABEL):
                self.at += 1
            other = self._take() if self.at < len(self.tokens) else None
            if other:
                self._put([between(of, text, other[0], span.with_(other[1]))])
                return True
            self.at = start
            taken = self._take()
        elif joint in (T.MOST, T.LESS) and of is Of.VERSION and self._kind() in (T.VALUE, T.WORD):
            strict = joint is T.LESS
            self.at += 1
            other = self._take()
            if other:
                element = between(of, text, other[0], span.with_(other[1]))
                self._put([replace(element, high_open=strict)])
                return True
        elif joint in BEHIND:
            end = self.tokens[self.at].span
            self._put([bounded(of, T.AND_LESS if joint is T.AND_LESS else T.LEAST, text, span.with_(end))])
            self.at += 1
            return True
        self._put(one(of, text, span))
        return True

    def _of_what_follows(self) -> bool:
        """Whether the numbers here are said to be those of a product that is named behind them."""
        ahead = 0
        while ahead < 5 and self._kind(ahead) in (T.VALUE, T.BOTH, T.DASH):
            ahead += 1
        word = self._peek(ahead)
        return word is not None and word.text.casefold() in ("for", "of") and self._kind(ahead + 1) is T.LABEL

    def _both_readings(self, span: Span) -> None:
        """A comma without a space may part two codes or set thousands apart: both are kept, a range is left open."""
        found = _TIGHT.match(self.text, span.start)
        if not found or "," in span.of(self.text) or (span.start and self.text[span.start - 1] in ",-"):
            return
        whole = Span(span.start, found.end())
        if found[1]:
            self.unread.append(whole)
        else:
            self._add([Element(self.of or Of.SERIAL, Form.ONE, found[0].replace(",", ""), span=whole)])

    def _beside_another(self, text: str, span: Span) -> bool:
        """Versions built differently side by side ("VS4 A.07.107") are not two versions: not understood."""
        following = self.tokens[self.at] if self.at < len(self.tokens) else None
        if self.of is not Of.VERSION or following is None or following.kind is not T.VALUE:
            return False
        if (
            self.text[span.end : following.span.start] != " "
            or not re.match("[A-Za-z]", text)
            or not built_differently(text, following, span)
        ):
            return False
        if re.match("v", text, re.IGNORECASE) and re.match(r"v\d", following.text, re.IGNORECASE):
            return False
        self.unread.append(span.with_(following.span))
        self.at += 1
        if self._kind(0) in BEHIND:
            self.at += 1
        return True

    def _value_day(self, token: Token) -> bool:
        if self.of in DAYS and self._day_of(token, loosely=True):
            self._days(self.of)
            return True
        return False

    def _put(self, elements: list[Element]) -> None:
        if self.of is Of.MODEL and self.name is not None:
            elements = named_with(self.name, elements)
            if self._kind(0) not in (T.COMMA, T.VALUE, T.BAR):
                self.name = None
        self._add(elements)
