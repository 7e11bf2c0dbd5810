"""Finding the rows that have every word, in a time that does not grow with the register.

What is rare is asked of the word index and soon told. What is common has too many rows to list: it is read in the order
the page wants, from the index where that is the order of the rows and else from the rows themselves, and stops at the
page's end. Words that nearly every row has are not asked of the index, only looked for in what the others find.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connections
from django.db.models import BooleanField, F, Func, QuerySet
from django.db.models.expressions import RawSQL

from wardwright.platform.core.keyset import FOUND, FOUND_PAGE, FOUND_ROW

from .text import INDEXED, words_of

#: A reader who sees so few rows has each looked at; so many found are listed and sorted, more are walked.
FEW, SORTED = 1000, 10_000
#: The share of the rows that have a word: from here on it is common, from here on it is everywhere.
COMMON, EVERYWHERE = 0.02, 0.33
SAMPLE = 64
SAMPLED_ROWS = 1000


@dataclass(frozen=True)
class Term:
    """A word: as it stands if some row has it, else as the beginning of words (a number half typed).

    ``share``: the part of the rows that have it, as far as known; 0 for what is not common.
    """

    word: str
    whole: bool
    share: float


def match(queryset: QuerySet, text: str) -> QuerySet:
    """The rows whose search column has every word of ``text``; nothing for a query without words."""
    words = words_of(text)
    if not words:
        return queryset.none()
    connection = connections[queryset.db]
    found = (_InTsvector if connection.vendor == "postgresql" else _InFts5).of(connection, queryset.model, words)
    if queryset.query.where and len(queryset.order_by().values_list("pk")[: FEW + 1]) <= FEW:
        # The reader sees so few rows that each of them is looked at.
        found.by_rows = True
        return queryset.filter(pk__in=_keep(queryset.order_by(), found).values("pk"))
    return _keep(queryset, found)


def _keep(queryset: QuerySet, found: _Found) -> QuerySet:
    return queryset.alias(**{FOUND: found}).filter(**{FOUND: True})


class _Found(Func):
    """Whether a row has the words; how that is asked depends on the query in which it stands."""

    output_field = BooleanField()
    by_rows = False

    def __init__(self, table: str, terms: tuple[Term, ...], **extra: Any):
        super().__init__(F("pk"), F(INDEXED[table]), **extra)
        self.table, self.words_table = table, f"{table}_words"
        self.asked = tuple(term for term in terms if term.share < EVERYWHERE) or terms
        self.rest = tuple(term for term in terms if term not in self.asked)

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        if FOUND_PAGE in compiler.query.annotations:
            return "TRUE", []
        pk, text = (compiler.compile(source)[0] for source in self.get_source_expressions())
        conditions = [self._condition(compiler.query, connection, pk, text)]
        if self.rest:
            conditions.append(self._in_row(text, self.rest))
        return " AND ".join(sql for sql, _ in conditions), [value for _, values in conditions for value in values]

    def _condition(self, query: Any, connection: Any, pk: str, text: str) -> tuple[str, list[Any]]:
        raise NotImplementedError

    def _in_row(self, text: str, terms: tuple[Term, ...]) -> tuple[str, list[Any]]:
        raise NotImplementedError


# SQLite ---------------------------------------------------------------------------------------------------------


class _InFts5(_Found):
    @classmethod
    def of(cls, connection: Any, model: Any, words: list[str]) -> _InFts5:
        table = model._meta.db_table
        return cls(table, tuple(_sampled(connection, f"{table}_words", word) for word in words))

    def in_row_order(self, queryset: QuerySet) -> QuerySet:
        """``queryset`` read from the index, which gives the rows one after another in the order of ``FOUND_ROW``."""
        row = RawSQL(f'"{self.words_table}".rowid', [])  # noqa: S611  # a table of ours
        return queryset.extra(tables=[self.words_table]).alias(**{FOUND_ROW: row})  # noqa: S610

    def _condition(self, query: Any, connection: Any, pk: str, text: str) -> tuple[str, list[Any]]:
        words, asked = self.words_table, [" ".join(map(_fts5, self.asked))]
        if words in query.extra_tables:  # The plus keeps SQLite from asking the index anew for each row.
            return f"{pk} = +{words}.rowid AND {words} MATCH %s", asked
        if self.by_rows or (query.order_by and query.is_sliced and self._are_many(connection, asked)):
            return self._in_row(text, self.asked)
        return f"{pk} IN (SELECT rowid FROM {words} WHERE {words} MATCH %s)", asked

    def _are_many(self, connection: Any, asked: list[Any]) -> bool:
        words = self.words_table
        some = f"SELECT 1 FROM {words} WHERE {words} MATCH %s LIMIT {SORTED + 1}"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM ({some})", asked)
            return cursor.fetchone()[0] > SORTED

    def _in_row(self, text: str, terms: tuple[Term, ...]) -> tuple[str, list[Any]]:
        sql = " AND ".join([f"instr(' ' || {text} || ' ', %s) > 0"] * len(terms))
        return sql, [f" {term.word} " if term.whole else f" {term.word}" for term in terms]


def _fts5(term: Term) -> str:
    return f'"{term.word}"' if term.whole else f'"{term.word}"*'


def _sampled(connection: Any, index: str, word: str) -> Term:
    """The word as it is in the index; how densely its first rows lie tells its share."""
    some = f"SELECT rowid FROM {index} WHERE {index} MATCH %s LIMIT {SAMPLE}"
    term = Term(word, True, 0.0)
    for whole in (True, False):
        term = Term(word, whole, 0.0)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*), max(rowid) - min(rowid) + 1 FROM ({some})", [_fts5(term)])
            count, span = cursor.fetchone()
        if count:
            return Term(word, whole, count / span if count == SAMPLE else 0.0)
    return term


# PostgreSQL -----------------------------------------------------------------------------------------------------
#
# Its index cannot be read in an order, and its planner takes a word without statistics for one that many rows have. So
# what is rare is listed by the index alone; what is common is found soon by walking.

_SHARES = """
SELECT word, share
FROM pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) AS counted(word, share)
WHERE schemaname = current_schema() AND tablename = %s AND attname = %s AND share >= %s AND word IS NOT NULL
"""
_ROWS = "SELECT reltuples FROM pg_class WHERE oid = %s::regclass"


class _Counts(NamedTuple):
    """The common words of a table with their shares, and how many rows it has, as the database last counted."""

    shares: dict[str, float]
    rows: float


_counted: dict[str, tuple[_Counts, float]] = {}


class _InTsvector(_Found):
    many = False

    @classmethod
    def of(cls, connection: Any, model: Any, words: list[str]) -> _InTsvector:
        table = model._meta.db_table
        shares = _counts(connection, table).shares
        found = cls(table, tuple(_told(connection, table, word, shares) for word in words))
        found.many = found._are_many(connection)
        return found

    @property
    def listed(self) -> bool:
        """Whether so many may be listed that the numbers of a page are better taken from them first."""
        return not (self.many or self.by_rows) and all(term.share for term in self.asked)

    def _are_many(self, connection: Any) -> bool:
        """Whether walking finds them soon: one common word, or several that a sample of the rows has together."""
        rarest = min(term.share for term in self.asked)
        if rarest < COMMON or len(self.asked) == 1:
            return rarest >= COMMON
        rows = _counts(connection, self.table).rows
        if rarest * rows < FEW:
            return False
        with connection.cursor() as cursor:
            condition, values = self._in_row(f'"{self.table}"."{INDEXED[self.table]}"', self.asked)
            sample = f'SELECT count(*) FROM "{self.table}" TABLESAMPLE SYSTEM (%s) WHERE {condition}'
            cursor.execute(sample, [min(100.0, 100 * SAMPLED_ROWS / rows), *values])
            return cursor.fetchone()[0] > COMMON / 2 * SAMPLED_ROWS

    def _condition(self, query: Any, connection: Any, pk: str, text: str) -> tuple[str, list[Any]]:
        if self.many or self.by_rows:
            return self._in_row(text, self.asked)
        found = f"ww_find_{self.table}(to_tsquery('simple', %s), NULL)"
        return f"{pk} = ANY(ARRAY(SELECT {found}))", [_tsquery(self.asked)]

    def _in_row(self, text: str, terms: tuple[Term, ...]) -> tuple[str, list[Any]]:
        return f"{text[:-1]}_tsv\" @@ to_tsquery('simple', %s)", [_tsquery(terms)]


def _tsquery(terms: tuple[Term, ...]) -> str:
    return " & ".join(term.word if term.whole else f"{term.word}:*" for term in terms)


def _told(connection: Any, table: str, word: str, shares: dict[str, float]) -> Term:
    if word in shares:
        return Term(word, True, shares[word])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM ww_find_{table}(to_tsquery('simple', %s), 1)", [word])
        if cursor.fetchone():
            return Term(word, True, 0.0)
    return Term(word, False, min(1.0, sum(share for other, share in shares.items() if other.startswith(word))))


def _counts(connection: Any, table: str) -> _Counts:
    """What ``ANALYZE`` last counted; kept ten minutes."""
    kept, until = _counted.get(table, (_Counts({}, 0), 0.0))
    if time.monotonic() > until:
        with connection.cursor() as cursor:
            cursor.execute(_SHARES, [table, f"{INDEXED[table]}_tsv", COMMON])
            shares = dict(cursor.fetchall())
            cursor.execute(_ROWS, [table])
            kept = _Counts(shares, cursor.fetchone()[0])
        _counted[table] = (kept, time.monotonic() + 600)
    return kept
