"""Finding rows of small tables by their names: every word somewhere in the named columns, accents and case aside."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, F, Func, IntegerField, QuerySet

from .text import fold, words_of

_MARKS = "[\u0300-\u036f]"


class _Folded(Func):
    """Columns, one after another, as ``fold`` would give them. Plain ASCII, which most names are, is only put in lower
    case."""

    def folded(self, compiler: Any, connection: Any) -> str:
        columns = [compiler.compile(column)[0] for column in self.get_source_expressions()]
        text = " || ' ' || ".join(f"COALESCE({column}, '')" for column in columns) if columns[1:] else columns[0]
        if connection.vendor == "postgresql":
            plain, accented = f"octet_length({text}) = length({text})", f"normalize(lower({text}), NFKD)"
            accented = f"regexp_replace({accented}, '{_MARKS}', '', 'g')"
            for letters, instead in (("ß", "ss"), ("æ", "ae"), ("œ", "oe")):
                accented = f"replace({accented}, '{letters}', '{instead}')"
            accented = f"translate({accented}, 'øđł', 'odl')"
        else:
            plain, accented = f"length({text}) = length(CAST({text} AS BLOB))", f"ww_fold({text})"
        return f"CASE WHEN {plain} THEN lower({text}) ELSE {accented} END"


class _HasWords(_Folded):
    output_field = BooleanField()

    def __init__(self, *columns: F, words: tuple[str, ...], **extra: Any):
        super().__init__(*columns, **extra)
        self.words = words

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        folded = self.folded(compiler, connection)
        return " AND ".join([f"{folded} LIKE %s"] * len(self.words)), [f"%{word}%" for word in self.words]


class _Begins(_Folded):
    """0 for a column that begins with the text, 1 for others."""

    output_field = IntegerField()

    def __init__(self, column: F, text: str, **extra: Any):
        super().__init__(column, **extra)
        self.text = text

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        begins = f"substr({self.folded(compiler, connection)}, 1, {len(self.text)}) = %s"
        return f"CASE WHEN {begins} THEN 0 ELSE 1 END", [self.text]


def prepare_connection(connection: Any, **_: Any) -> None:
    """Give SQLite the function that folds what is not plain ASCII."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("ww_fold", 1, fold, deterministic=True)


class NamedBy:
    """``NamedBy("name", "maker__name")(rows, text)``: the rows that have every word somewhere in these columns."""

    def __init__(self, *columns: str):
        self.columns = columns

    def __call__(self, rows: QuerySet, text: str) -> QuerySet:
        words = tuple(words_of(text))
        return rows.filter(_HasWords(*map(F, self.columns), words=words)) if words else rows.none()

    def best_first(self, rows: QuerySet, text: str) -> QuerySet:
        """The same, in front those whose first column begins with the text."""
        first = self.columns[0]
        return self(rows, text).order_by(_Begins(F(first), fold(" ".join(text.split()))), first, "pk")
