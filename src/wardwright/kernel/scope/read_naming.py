"""Names of products in running text: "is recalling the X100 and X200 pumps", "All V60 ventilators"."""

from __future__ import annotations

import re

from .model import Element, Form, Of, Span
from .names import only_ordinary
from .read_headings import HeadingReader
from .tokens import T, Token
from .values import joined
from .vocabulary import ANNOUNCED, NOISE, VAGUE, WORDS

_VARIANT = re.compile(r"\b[A-Z][a-z]+-[a-z0-9]\b")  # Flow-c: of ordinary words, and a name
_GOES_ON = (T.WORD, T.VALUE, T.DASH, T.NUMBER, T.OTHER, T.QUANTITY, T.COMMA, T.OPEN)
_MOST = 60


class NamingReader(HeadingReader):
    """Reads names without a label."""

    def _prose_or_name(self) -> bool:
        first = self.tokens[self.at]
        found = ANNOUNCED.match(self.text, first.span.start)
        if found and first.kind in (T.WORD, T.VALUE) and self._announced(found.end()):
            return True
        if self.naming and self._names_only():
            return True
        return super()._prose_or_name() or (first.kind in (T.WORD, T.VALUE) and self._kinds_named())

    def _announced(self, end: int) -> bool:
        """ "Acme is recalling certain X100 pumps because …": the names, and why."""
        at = next((n for n, token in enumerate(self.tokens) if token.span.start >= end), len(self.tokens))
        while at < len(self.tokens) and self.tokens[at].kind is T.ALL:
            at += 1
        names, behind = self._run(at)
        if not names:
            return False
        self.starting = False
        self.announced.append(self.tokens[self.at].span.with_(Span(end, end)))
        self.remarks.append(self.announced[-1])
        self.at = behind
        self._put_names(names)
        following = self.tokens[behind] if behind < len(self.tokens) else None
        if following is not None and following.kind in (T.MORE, T.WORD, T.BOTH):
            self._on_reason(following)
        return True

    def _on_reason(self, token: Token) -> None:
        raise NotImplementedError

    def _names_only(self) -> bool:
        """ "Affected products: HeartStart XL, M4735A" to the end of the line or sentence."""
        names, behind = self._run(self.at)
        if len(names) < 2 or (behind < len(self.tokens) and self.tokens[behind].kind is not T.BREAK):
            return False
        self.naming = False
        self.at = behind
        self._put_names(names)
        return True

    def _kinds_named(self) -> bool:
        """ "MX400, MX450 and MX500 patient monitors with software …": a list that ends in a kind of equipment."""
        names, behind = self._run(self.at)
        kinds = [word for word in names[-1][1].split() if word.islower() and word not in NOISE] if names else []
        coded = all(any(char.isdigit() for char in name) for _span, name in names)
        if len(names) < 2 or not coded or not any(only_ordinary(word) for word in kinds):
            return False
        self.at = behind
        self._put_names(names)
        return True

    def _all_named(self, at: int) -> bool:
        """What follows "all" from token ``at`` on, if it is a name: "all X200 pumps with serial numbers …"."""
        names, behind = self._run(at)
        if not names or all(re.fullmatch(r"v?\d[\d.]*x?", name) for _span, name in names):
            return False
        self.at = behind
        self._put_names(names)
        return True

    def _put_names(self, names: list[tuple[Span, str]]) -> None:
        self.of = None
        self._add([Element(Of.MODEL, Form.ONE, name, span=span) for span, name in names], heading=True)

    def _run(self, at: int) -> tuple[list[tuple[Span, str]], int]:
        """Names from token ``at`` on, parted by commas and "and", and where they end; none where a part is no name."""
        parts: list[list[Token]] = [[]]
        start = at
        while at < len(self.tokens) and at - start < _MOST and self._goes_on(at):
            token = self.tokens[at]
            if token.kind is T.OPEN:
                behind = self._past_brackets(at)
                if behind is None:
                    break
                at = behind
                continue
            if token.kind is T.WORD and token.text in _ENDING and parts[-1]:
                break
            if token.kind is T.COMMA:
                parts.append([])
            else:
                parts[-1].append(token)
            at += 1
        named = [self._name_of(part) for part in parts if part]
        if not named or any(name is None for name in named):
            return [], start
        return [name for name in named if name], at

    def _goes_on(self, at: int) -> bool:
        """Whether a name may go on with a token; "software" belongs to it where no version follows."""
        token = self.tokens[at]
        behind = self.tokens[at + 1].kind if at + 1 < len(self.tokens) else T.BREAK
        software = (
            token.kind is T.LABEL and token.text.casefold() == "software" and behind in (T.WORD, T.REASON, T.BREAK)
        )
        return token.kind in _GOES_ON or software

    def _past_brackets(self, at: int) -> int | None:
        """Behind a bracket of mere words: "(ICDs)"; None where it may say which units are meant."""
        end = at + 1
        while end < len(self.tokens) and self.tokens[end].kind in (T.WORD, T.DASH, T.OTHER):
            end += 1
        closed = end < len(self.tokens) and self.tokens[end].kind is T.CLOSE and end - at <= 8
        return end + 1 if closed else None

    def _name_of(self, part: list[Token]) -> tuple[Span, str] | None:
        """A name: something with a capital letter or a digit that is more than a kind of equipment."""
        while part and part[0].kind is T.WORD and part[0].text.islower() and _says_nothing(part[0].text):
            if part[0].text in VAGUE:
                self.vague.append(part[0].span)
            part = part[1:]
        while part and part[0].kind is T.WORD and part[0].text.casefold() in VAGUE:
            self.vague.append(part[0].span)
            part = part[1:]
        if not part or len(part) > 12:
            return None
        text = joined(part, self.text).strip(" -,")
        told = any(token.kind is T.VALUE or token.text[:1].isupper() for token in part)
        span = part[0].span.with_(part[-1].span)
        return (span, text) if told and (not only_ordinary(text) or _VARIANT.search(text)) else None


def _says_nothing(word: str) -> bool:
    return word in NOISE or word in VAGUE or word in _BEFORE_NAMES or only_ordinary(word)


_ENDING = frozenset(WORDS["ending"])
_BEFORE_NAMES = frozenset(WORDS["determiners"])
