"""A notice's text to a scope. What is not understood is residue; nothing is guessed and nothing is dropped.

One pass over the tokens, each looked at a bounded number of times.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from wardwright.kernel.said import say
from wardwright.kernel.udi import UdiError, parse_udi

from .assemble import all_of, assemble
from .clean import clean
from .cursor import BEFORE, BEHIND
from .model import CODES, DAYS, Clause, Element, Form, Of, Scope, Span
from .names import only_ordinary
from .prose import says_nothing
from .read_naming import NamingReader
from .read_values import MAYBE_VERSION, SURE_VERSION
from .tokens import T, Token
from .vocabulary import BEARING, NOISE, QUALIFIERS

MOST_CHARACTERS = 5_000_000
_CVE = re.compile(r"CVE-\s?\d{4}-\s?\d+", re.IGNORECASE)
_NUMBER = re.compile(r"\d")
_PART = re.compile(r"[^\n;|,]+")
_SHORT = 200  # characters of a text that may be nothing but names
_WENT = re.compile(r"\b(?:distributed|manufactured|shipped)\b", re.IGNORECASE)  # without a day they restrict nothing
_QUIET = frozenset("\"'.!?/#*=+")  # signs that say nothing by themselves
_AGES = ("end-of-life",)  # the number behind it is a year


class TooLong(ValueError):
    """A text longer than any notice."""


def read_scope(text: str, *, of: Of | None = None, maker: str = "", cleaned: bool = False) -> Scope:
    """The scope of a plain text: ``code_info``, a letter, a version range (``of=Of.VERSION``).

    ``of`` is what unlabelled values are. ``maker`` is known from elsewhere and is added to every clause.
    """
    if len(text) > MOST_CHARACTERS:
        raise TooLong(
            say("The text has {n:,} characters; a notice has at most {most:,}.", n=len(text), most=MOST_CHARACTERS)
        )
    text = text if cleaned else clean(text)
    reader = Reader(text, 0, len(text), of=of)
    reader.run()
    clauses, excluded = assemble(reader.items)
    if not reader.items and of is None and (alone := _names_alone(text)):
        clauses, reader.unread = alone, []
    if maker:
        own = Element(Of.MAKER, Form.ONE, maker)
        clauses = tuple(replace(c, elements=(own, *c.elements)) for c in clauses)
    return Scope(text, clauses, excluded, merge_spans(reader.unread, text), merge_spans(reader.remarks, text))


def _names_alone(text: str) -> tuple[Clause, ...]:
    """A short text of nothing that looks like anything but codes and names: "IntelliVue MP2-MP90", "BT05 | BT08".

    They may be models. The text stays unread as another clause: what fits one is meant, of all else nobody can say.
    """
    if len(text) > _SHORT:
        return ()
    found = []
    for part in _PART.finditer(text):
        words = re.findall(r"[^\s()]+", part[0])
        strange = [word for word in words if word[0].islower() and not only_ordinary(word)]
        if words and (strange or not any(_NUMBER.search(word) for word in words)):
            return ()
        if words:
            start = part.start() + part[0].index(words[0])
            end = part.start() + part[0].rindex(words[-1]) + len(words[-1])
            found.append(Element(Of.MODEL, Form.ONE, text[start:end], span=Span(start, end)))
    if not found:
        return ()
    unread = Element(Of.UNREAD, span=found[0].span.with_(found[-1].span))
    return Clause(tuple(found)), Clause((unread,))


def merge_spans(spans: list[Span], text: str) -> tuple[Span, ...]:
    """Spans in order, those of one line with nothing but signs and words that say nothing between them made one."""
    merged: list[Span] = []
    for span in sorted(spans):
        between = text[merged[-1].end : span.start] if merged else "\n"
        if not set("\n;") & set(between) and all(word.casefold() in NOISE for word in re.findall(r"[^\W_]+", between)):
            merged[-1] = merged[-1].with_(span)
        else:
            merged.append(span)
    return tuple(merged)


class Reader(NamingReader):
    """The whole reading: what each kind of token does."""

    def run(self) -> None:
        while self.at < len(self.tokens):
            if self.starting and self._prose_or_name():
                continue
            self.starting = False
            token = self.tokens[self.at]
            handler = getattr(self, f"_on_{token.kind.name.lower()}", None)
            if handler is None:
                self.at += 1
            else:
                handler(token)
        self._drop_name()
        self._settle_vague()

    def _settle_vague(self) -> None:
        """ "Certain X100 pumps" and nothing that says which: that is left to a person."""
        told = (*CODES, *DAYS, Of.VERSION)
        if self.vague and not any(item.elements[0].of in told for item in self.items):
            self._add([Element(Of.CONDITION, span=self.vague[0])])

    def _on_label(self, token: Token) -> None:
        if token.of is not Of.MODEL:
            self._drop_name()
        self.of = token.of
        self.counted = token.of if token.of in CODES else self.counted
        self.expiring = False
        self.at += 1

    def _on_break(self, token: Token) -> None:
        self.at += 1
        self.segment += 1
        self.starting = True
        self.excluding = 0
        self.outside.clear()
        self._drop_name()
        if token.text == "\n" or token.text == ";":
            return
        if self.of in (Of.VERSION, *DAYS):
            self.of = None

    def _on_colon(self, token: Token) -> None:
        self.at += 1
        self.starting = self.naming = self.after_maker
        self.after_maker = False

    def _on_comma(self, token: Token) -> None:
        """Behind a bracket a new name may begin: "Pump 100 (S/N 1 to 50), Pump 200 (S/N 51 to 99)"."""
        after_bracket = self.at > 0 and self.tokens[self.at - 1].kind is T.CLOSE and self.depth == 0
        self.starting = after_bracket and self._kind() is T.WORD
        self.at += 1

    def _on_open(self, token: Token) -> None:
        self.depth += 1
        self.outside.append(self.of)
        self.at += 1

    def _on_close(self, token: Token) -> None:
        self.depth = max(0, self.depth - 1)
        held = self.outside.pop() if self.outside else None
        self.of = held or self.of
        if self.excluding > self.depth + 1:
            self.excluding = 0
        self.at += 1

    def _on_word(self, token: Token) -> None:
        if self.of is not None and self._value(token):
            return
        if self.of is Of.VERSION and token.text.casefold() in QUALIFIERS and self._kind() is T.VALUE:
            self._part_of_version(token)
            return
        if token.text.casefold() not in NOISE:
            self.unread.append(token.span)
        self.at += 1

    def _part_of_version(self, token: Token) -> None:
        """A build or a service pack by itself, "4.2 (build 17 and below)": what it bounds is no version."""
        self.at += 1
        self._unread_part(token.span)
        while self._kind(0) in (*BEFORE, *BEHIND, T.BOTH, T.VALUE):
            self.unread.append(self.tokens[self.at].span)
            self.at += 1

    def _on_value(self, token: Token) -> None:
        if self.of is not None and self._value(token):
            return
        if self.of is None and (
            SURE_VERSION.match(token.text) or (self._kind() in BEHIND and MAYBE_VERSION.match(token.text))
        ):
            self.of = Of.VERSION
            taken = self._value(token)
            self.of = None
            if taken:
                return
        self.unread.append(token.span)
        self.at += 1

    def _on_other(self, token: Token) -> None:
        if token.text not in _QUIET:
            self.unread.append(token.span)
        self.at += 1

    def _on_both(self, token: Token) -> None:
        """A "through" or "to" with nothing before it: "serial numbers through 5000"."""
        before = self.tokens[self.at - 1].kind if self.at else T.BREAK
        if self.of in (Of.SERIAL, Of.LOT, Of.VERSION) and before in (T.LABEL, T.COLON) and self._kind() is T.VALUE:
            self._bound(Token(T.MOST, token.text, token.span))
            return
        if token.text != "to":
            self.unread.append(token.span)
        self.at += 1

    def _on_quantity(self, token: Token) -> None:
        """A number of things; in the middle of a list it may be one that is named, and then it is left to a person."""
        before = self.tokens[self.at - 1].kind if self.at else T.BREAK
        listed = self.of in (Of.SERIAL, Of.LOT, Of.REF, Of.MODEL) and before in (T.LABEL, T.COLON, T.COMMA)
        (self.unread if listed and token.text[0].isdigit() else self.remarks).append(token.span)
        self.at += 1

    def _on_reason(self, token: Token) -> None:
        span = self._skip_to_end()
        words = _CVE.sub("", self.text[token.span.end : span.end])
        if not _NUMBER.search(words):
            words = _WENT.sub("", words)
        if self.items and says_nothing(words, self._named_before()):
            self.remarks.append(span)
            return
        bearing = BEARING.search(words) or (_NUMBER.search(words) and token.text.casefold() not in _AGES)
        (self.unread if bearing else self.remarks).append(span)

    def _on_except(self, token: Token) -> None:
        self.at += 1
        word = token.text.casefold()
        mine = [n for n, item in enumerate(self.items) if item.segment == self.segment]
        if ("affected" in word or "impacted" in word) and mine and self._kind(0) in (None, T.BREAK, T.CLOSE):
            self.items = [replace(item, excluded=True) if item.segment == self.segment else item for item in self.items]
            return
        self.excluding = self.depth + 1

    def _on_all(self, token: Token) -> None:
        ahead = 1
        while (peeked := self._peek(ahead)) and peeked.kind is T.WORD and peeked.text.casefold() in NOISE:
            ahead += 1
        named = self._peek(ahead)
        before = self.tokens[self.at - 1].kind if self.at else T.BREAK
        if token.text == "*":
            self._add([all_of(Of.VERSION, token.span)])
        elif self.of in (Of.SERIAL, Of.LOT, Of.VERSION) and before in (T.LABEL, T.COLON) and _ends(named):
            self._add([all_of(self.of, token.span)])
        elif named is not None and named.kind is T.LABEL:
            self._all_labelled(token, named, ahead)
            return
        elif named is not None and named.kind in (T.WORD, T.VALUE) and self._all_named(self.at + ahead):
            return
        elif named is None or named.kind not in (T.WORD, T.CONDITION, T.VALUE) or only_ordinary(named.text):
            self._add([all_of(Of.PRODUCT, token.span)])
        self.at += ahead if named is None or named.kind is not T.WORD or not only_ordinary(named.text) else ahead + 1

    def _all_labelled(self, token: Token, named: Token, ahead: int) -> None:
        """ "All lots" means every lot; in "all versions prior to 3.0" the word adds nothing."""
        labels = [named]
        while (further := self._peek(ahead + 1)) and further.kind in (T.LABEL, T.COMMA):
            if further.kind is T.COMMA and self._kind(ahead + 2) is not T.LABEL:
                break
            ahead += 1
            if further.kind is T.LABEL:
                labels.append(further)
        following = self._kind(ahead + 1)
        self.of = labels[-1].of
        bounded_behind = following in (*BEFORE, T.BEGINNING, T.VALUE, T.MADE, T.SHIPPED, T.DAY) and following not in (
            T.MADE,
            T.SHIPPED,
        )
        if not bounded_behind:
            span = token.span.with_(labels[-1].span)
            kinds = [label.of if label.of in (Of.LOT, Of.SERIAL, Of.VERSION) else Of.PRODUCT for label in labels]
            for kind in dict.fromkeys(kinds):
                self._add([all_of(kind or Of.PRODUCT, span)])
        self.at += ahead + 1

    def _on_day(self, token: Token) -> None:
        if self.expiring or self.of in (Of.LOT, Of.SERIAL):
            if self.expiring:
                self.remarks.append(token.span)
                self.at += 1
            elif not self._value(token):
                self.unread.append(token.span)
                self.at += 1
            return
        if self.of in DAYS:
            self._days(self.of)
            return
        if self.of is not None and re.fullmatch(r"[\d./-]+", token.text) and self._value(token):
            return
        self.unread.append(token.span)
        self.at += 1

    def _on_condition(self, token: Token) -> None:
        """What a register does not know narrows the scope and is left to a person."""
        ahead = 1
        while (peeked := self._peek(ahead)) and peeked.kind is T.WORD and peeked.text.casefold() in NOISE:
            ahead += 1
        following = self._kind(ahead)
        if following in (T.LABEL, T.EXPIRY, T.COLON, T.MADE, T.SHIPPED, T.BEGINNING) and token.text.casefold() in (
            "with",
            "having",
            "that are",
            "which are",
            "under",
            "previously",
            "running",
        ):
            self.at += 1
            return
        first = last = token.span
        depth = 0
        while self.at < len(self.tokens):
            now = self.tokens[self.at]
            depth += (now.kind is T.OPEN) - (now.kind is T.CLOSE)
            stop = now.kind in (T.BREAK, T.LABEL, T.EXCEPT, T.ALL, T.REASON) or depth < 0
            stop = stop or (now.kind is T.COMMA and self._kind() in (T.LABEL, T.ALL, T.EXCEPT))
            if stop and self.at and now is not token:
                break
            last = now.span
            self.at += 1
        self._add([Element(Of.CONDITION, span=first.with_(last))])

    def _on_udi(self, token: Token) -> None:
        self.at += 1
        if token.text.startswith("+") and self.of is not Of.UDI_DI:
            self.at -= 1
            self._on_value(token)
            return
        self._add(_of_udi(token))


def _ends(token: Token | None) -> bool:
    return token is None or token.kind in (T.BREAK, T.COMMA, T.CLOSE, T.EXPIRY)


def _of_udi(token: Token) -> list[Element]:
    """The device identifier of a UDI; its lot and serial are named again beside it, or are an example."""
    try:
        udi = parse_udi(token.text.rstrip("."), today=date(2026, 1, 1))
    except UdiError:
        digits = re.search(r"\(01\)\s?(\d{14})", token.text)
        return [Element(Of.UDI_DI, Form.ONE, digits[1], span=token.span)] if digits else []
    return [Element(Of.UDI_DI, Form.ONE, udi.device_identifier, span=token.span)]
