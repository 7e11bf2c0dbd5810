"""Names that persons have confirmed: a maker's spelling, a model's nickname. They make every rung reach further."""

from __future__ import annotations

from collections.abc import Iterable

from wardwright.kernel.names.keys import model_key, name_key


class Aliases:
    """Learnt names. ``makers``: (spelling, maker). ``models``: (maker, spelling, model), maker "" for any maker.

    A device that is called by the spelling is also looked for under the name, and the other way round.
    """

    def __init__(self, makers: Iterable[tuple[str, str]] = (), models: Iterable[tuple[str, str, str]] = ()) -> None:
        self._makers: dict[str, dict[str, None]] = {}
        self._models: dict[tuple[str, str], dict[str, None]] = {}
        for spelling, maker in makers:
            self._makers.setdefault(name_key(spelling), {})[maker] = None
            self._makers.setdefault(name_key(maker), {})[spelling] = None
        for maker, spelling, model in models:
            self._models.setdefault((name_key(maker), model_key(spelling)), {})[model] = None
            self._models.setdefault((name_key(maker), model_key(model)), {})[spelling] = None

    def of_maker(self, name: str) -> tuple[str, ...]:
        """Other names of a maker."""
        return tuple(self._makers.get(name_key(name), ())) if name else ()

    def of_model(self, makers: Iterable[str], name: str) -> tuple[str, ...]:
        """Other names of a model of one of these makers."""
        if not name or not self._models:
            return ()
        keys = ("", *(name_key(maker) for maker in makers))
        return tuple(dict.fromkeys(one for key in keys for one in self._models.get((key, model_key(name)), ())))


NONE = Aliases()
