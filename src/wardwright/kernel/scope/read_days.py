"""Days of manufacture and of shipping, and expiry dates."""

from __future__ import annotations

from datetime import date

from .cursor import BEFORE, BEHIND, Cursor
from .days import Days, read_day
from .model import Element, Form, Of
from .tokens import T, Token


class DayReader(Cursor):
    """Reads days."""

    def _on_expiry(self, token: Token) -> None:
        """Expiry dates describe the lots that are named; they do not say which are meant."""
        first = last = token.span
        before = [one.kind for one in self.tokens[max(0, self.at - 2) : self.at]]
        self.expiring = T.LABEL in before and not set(before) & {T.VALUE, T.BREAK}  # "lots and expiry dates:"
        self.at += 1
        while self.at < len(self.tokens) and self.tokens[self.at].kind in (
            T.COLON,
            T.DAY,
            T.BOTH,
            T.DASH,
            T.COMMA,
            T.MOST,
            T.LESS,
            T.LEAST,
            T.MORE,
        ):
            kind = self.tokens[self.at].kind
            if kind is T.COMMA and self._kind() is not T.DAY:
                break
            if kind in (T.DASH, T.BOTH, T.MOST, T.LESS, T.LEAST, T.MORE) and self._kind() is not T.DAY:
                break
            if kind is T.COLON and self._kind() not in (T.DAY, T.MOST, T.LESS, T.LEAST, T.MORE, T.BOTH):
                self.at += 1
                break
            last = self.tokens[self.at].span
            self.at += 1
        self.remarks.append(first.with_(last))

    def _on_made(self, token: Token) -> None:
        self._dated(token, Of.MADE)

    def _on_shipped(self, token: Token) -> None:
        self._dated(token, Of.SHIPPED)

    def _dated(self, token: Token, kind: Of) -> None:
        """Only with a day close behind is it a restriction: "distributed nationwide" is none."""
        ahead = 1
        while (
            (following := self._peek(ahead))
            and ahead < 8
            and following.kind in (T.COLON, T.WORD, T.COMMA, *BEFORE, T.LABEL, T.MADE, T.SHIPPED, T.OPEN)
        ):
            if following.kind is T.LABEL and following.of is not Of.VERSION:
                break
            ahead += 1
        day = self._peek(ahead)
        if day is not None and self._day_of(day, loosely=True):
            self.of = kind
            self.at += 1
            while self.tokens[self.at].kind in (T.COLON, T.WORD, T.COMMA, T.MADE, T.SHIPPED, T.LABEL, T.OPEN):
                self.at += 1
            self._days(kind)
            return
        self.remarks.append(token.span)
        self.at += 1

    def _day_of(self, token: Token, *, loosely: bool = False) -> Days | None:
        if token.kind is T.DAY or (loosely and token.kind is T.VALUE):
            return read_day(token.text)
        return None

    def _days(self, kind: Of) -> None:
        """A day, or a range of days, with its bounds before, between or behind."""
        start = self.at
        bound = self.tokens[self.at].kind if self.tokens[self.at].kind in BEFORE else None
        self.at += bound is not None
        while self._kind(0) in (T.WORD, T.LABEL):
            self.at += 1
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        first = self._day_of(token, loosely=True) if token else None
        if token is None or first is None:
            self.at = start + 1
            self._unread_part(self.tokens[start].span)
            return
        self.at += 1
        low, high = first.first.isoformat(), first.last.isoformat()
        joint = self._kind(0)
        joins = joint in (T.BOTH, T.DASH, T.MOST) or (joint is T.COMMA and bound is T.LEAST)
        second = self._day_of(self.tokens[self.at + 1], loosely=True) if joins and self._peek() else None
        if second:
            self.at += 2
            high = second.last.isoformat()
        elif joint in BEHIND:
            self.at += 1
            low, high = ("", high) if joint is T.AND_LESS else (low, "")
        elif bound is T.LESS:
            low, high = "", _day_before(first)
        elif bound is T.MOST:
            low = ""
        elif bound is T.LEAST:
            high = ""
        elif bound is T.MORE:
            low, high = date.fromordinal(first.last.toordinal() + 1).isoformat(), ""
        span = self.tokens[start].span.with_(self.tokens[self.at - 1].span)
        self._add([Element(kind, Form.RANGE, low, high, span=span)])


def _day_before(days: Days) -> str:
    return date.fromordinal(days.first.toordinal() - 1).isoformat()
