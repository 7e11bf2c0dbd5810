"""The one exception of this package: what is wrong, where, and what to do about it."""

from __future__ import annotations


class TableError(ValueError):
    """A file cannot be taken. ``code`` is stable (for translation and tests); the rest is for people.

    ``what``: the fault in one sentence. ``where``: file, sheet or row ("" when the whole file).
    ``remedy``: the next step.
    """

    def __init__(self, code: str, what: str, where: str = "", remedy: str = "") -> None:
        self.code, self.what, self.where, self.remedy = code, what, where, remedy
        super().__init__(" ".join(part for part in (f"{where}: {what}" if where else what, remedy) if part))
