"""Names in a register to companies, types and models: sure spellings are one, doubtful ones become a question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wardwright.apps.directory.queries import company_key
from wardwright.kernel.names.companies import CompanyIndex
from wardwright.kernel.names.keys import digit_runs, name_key
from wardwright.kernel.names.keys import model_key as model_match_key
from wardwright.kernel.names.makers import known_maker
from wardwright.kernel.names.matching import Candidate, Match
from wardwright.kernel.names.models import match_model
from wardwright.kernel.names.types import device_type, match_type

from ..queries import importing as known
from ..queries import model_key, type_key
from .refs import Names, Pair, Ref

NO_TYPE, NO_MAKER = "Type not stated", "Maker not stated"
_ROLES = {"maker": "is_maker", "supplier": "is_supplier", "provider": "is_provider"}


class Companies:
    """Company names to refs."""

    def __init__(self, names: Names) -> None:
        self.names = names
        companies, aliases = known.known_companies()
        self.by_id = {
            c.id: Ref(
                "company",
                c.name,
                c.id,
                {"is_maker": c.is_maker, "is_supplier": c.is_supplier, "is_provider": c.is_provider},
            )
            for c in companies
        }
        self.by_key = {key: self.by_id[pk] for key, pk in aliases.items() if pk in self.by_id}
        self.by_key.update({company_key(ref.name): ref for ref in self.by_id.values()})
        names.known["company"] = list(self.by_id.values())
        self.index = CompanyIndex.of({**self.by_key, **{ref.name: ref for ref in self.by_id.values()}})
        self.found: dict[str, Ref] = {}

    def find(self, text: str, role: str) -> Ref:
        """The company that ``text`` names; made (and asked about) when it is not there."""
        ref = self.found.get(text)
        if ref is None:
            ref = self.found[text] = self._resolve(text)
        flag = _ROLES[role]
        if not ref.facts.get(flag):
            ref.facts[flag] = True
            if ref.pk is not None:
                ref.updates[flag] = True
        return ref

    def _resolve(self, text: str) -> Ref:
        ref = self.by_key.get(company_key(text))
        if ref is not None:
            return ref
        match = self.index.match(text)
        if match.id is not None:
            return self._spelled(match.id, text)  # type: ignore[arg-type]
        return self._new(text, match)

    def _spelled(self, ref: Ref, text: str) -> Ref:
        ref.spellings[company_key(text)] = text
        self.by_key[company_key(text)] = ref
        return ref

    def _new(self, text: str, match: Match) -> Ref:
        name = match.name[:160]
        ref = self.names.add(Ref("company", name, facts={"key": company_key(name)}))
        self.by_key[company_key(name)] = ref
        self._index(name, ref)
        if company_key(text) != company_key(name):
            self._spelled(ref, text)
        for candidate in match.candidates[:2]:
            self._ask(ref, candidate)
        return ref

    def _index(self, name: str, ref: Ref) -> None:
        self.index.by_key[name_key(name)] = ref  # type: ignore[index]
        maker = known_maker(name)
        if maker:
            self.index.by_maker.setdefault(maker.name, (name_key(name), ref))  # type: ignore[attr-defined]

    def _ask(self, ref: Ref, candidate: Candidate) -> None:
        other: Any = candidate.id
        if candidate.related:
            self.names.related.append((ref, other, candidate.why))
        elif digit_runs(name_key(ref.name)) == digit_runs(candidate.key):
            self.names.pairs.append(Pair("company", other, ref, int(candidate.score), candidate.why))


class Types:
    """Names of kinds of device to refs; the shipped table gives a new type its risk attributes."""

    def __init__(self, names: Names) -> None:
        self.names = names
        keys, labels = known.known_types()
        self.by_id = {pk: Ref("type", name, pk) for pk, name in labels.items()}
        self.by_key = {key: self.by_id[pk] for key, pk in keys.items() if pk in self.by_id}
        names.known["type"] = list(self.by_id.values())
        self.found: dict[str, Ref] = {}

    def find(self, text: str) -> Ref:
        ref = self.found.get(text)
        if ref is None:
            ref = self.found[text] = self._resolve(text)
        return ref

    def _resolve(self, text: str) -> Ref:
        ref = self.by_key.get(type_key(text)) or self.by_key.get(known.plain_key(text))
        if ref is not None:
            return ref
        match = match_type(text)
        if match.id is not None:
            ref = self._named(match.name)
            if type_key(text) != type_key(ref.name):
                ref.spellings[type_key(text)] = text
                self.by_key[type_key(text)] = ref
            return ref
        ref = self._named(text[:160])
        for candidate in match.candidates[:1]:
            other = self._named(str(candidate.id))
            self.names.pairs.append(Pair("type", other, ref, int(candidate.score), candidate.why))
        return ref

    def _named(self, name: str) -> Ref:
        ref = self.by_key.get(type_key(name))
        if ref is None:
            ref = self.by_key[type_key(name)] = self.names.add(Ref("type", name, facts=type_facts(name)))
        return ref


def type_facts(name: str) -> dict[str, Any]:
    """The columns of a new type: Fennigkoh–Smith attributes, flags and usual life where the shipped table knows it."""
    facts: dict[str, Any] = {"key": type_key(name)}
    shipped = device_type(name)
    if shipped:
        facts.update(
            fs_function=shipped.function_score,
            fs_risk=shipped.risk_score,
            fs_maintenance=shipped.maintenance_score,
            life_support=shipped.life_support,
            high_risk=shipped.high_risk,
            imaging=shipped.imaging,
            laser=shipped.laser,
            expected_life_years=shipped.life_years,
        )
    return facts


class Models:
    """Model names of a maker to refs."""

    def __init__(self, names: Names, companies: Companies, types: Types) -> None:
        self.names, self.types = names, types
        self.by_maker: dict[Ref, dict[str, Ref]] = {}
        self.by_catalogue: dict[tuple[Ref, str], Ref] = {}
        self.by_di: dict[str, Ref] = {}
        self.by_id: dict[int, Ref] = {}
        self.found: dict[tuple[Ref, str, str], Ref] = {}
        models, aliases = known.known_models(companies.by_id)
        for item in models:
            if item.maker_id in companies.by_id:
                self._know(item, companies.by_id[item.maker_id])
        names.known["model"] = list(self.by_id.values())
        for (maker_id, key), pk in aliases.items():
            if maker_id in companies.by_id and pk in self.by_id:
                self._of(companies.by_id[maker_id]).setdefault(key, self.by_id[pk])

    def _know(self, item: known.KnownModel, maker: Ref) -> None:
        ref = Ref(
            "model", item.name, item.id, {"catalogue_no": item.catalogue_no, "udi_di": item.udi_di}, {"maker_id": maker}
        )
        ref.parents["device_type_id"] = self.types.by_id.get(item.type_id)
        self.by_id[item.id] = ref
        self._index(ref, maker)

    def _of(self, maker: Ref) -> dict[str, Ref]:
        return self.by_maker.setdefault(maker, {})

    def _index(self, ref: Ref, maker: Ref) -> None:
        own = self._of(maker)
        if not ref.facts.get("catalogue_no") or model_match_key(ref.name) not in own:
            own[model_match_key(ref.name)] = ref
        if ref.facts.get("catalogue_no"):
            self.by_catalogue.setdefault((maker, model_match_key(ref.facts["catalogue_no"])), ref)
        if ref.facts.get("udi_di"):
            self.by_di.setdefault(ref.facts["udi_di"], ref)

    def find(self, maker: Ref, text: str, device_type: Ref, catalogue_no: str = "") -> Ref:
        """The model; made (and asked about) when it is not there."""
        key = (maker, text, catalogue_no)
        ref = self.found.get(key)
        if ref is None:
            ref = self.found[key] = self._resolve(maker, text, device_type, catalogue_no)
        return ref

    def _resolve(self, maker: Ref, text: str, device_type: Ref, catalogue_no: str) -> Ref:
        exact = self.by_catalogue.get((maker, model_match_key(catalogue_no))) if catalogue_no else None
        own = self._of(maker)
        if exact is not None and model_match_key(exact.name) == model_match_key(text):
            return exact
        match = match_model(text, own)
        ref: Any = match.id
        if ref is not None and not self._other_catalogue(ref, catalogue_no):
            if match.kind != "exact":
                ref.spellings[model_key(text)] = text
                own[model_match_key(text)] = ref
            return ref
        made = self.new(maker, text, device_type, catalogue_no)
        if ref is None:
            for candidate in match.candidates[:2]:
                self.names.pairs.append(Pair("model", candidate.id, made, int(candidate.score), candidate.why))
        return made

    @staticmethod
    def _other_catalogue(ref: Ref, catalogue_no: str) -> bool:
        stated = ref.facts.get("catalogue_no") or ""
        return bool(catalogue_no and stated and model_match_key(stated) != model_match_key(catalogue_no))

    def new(self, maker: Ref, name: str, device_type: Ref, catalogue_no: str = "", **facts: Any) -> Ref:
        """A model to be made."""
        name = name[:160]
        given = {"key": model_key(name), "catalogue_no": catalogue_no[:80], **facts}
        ref = self.names.add(
            Ref("model", name, facts=given, parents={"maker_id": maker, "device_type_id": device_type})
        )
        self._index(ref, maker)
        return ref


def distinct(pairs: list[Pair], there: Mapping[str, set[tuple[int, int]]]) -> list[Pair]:
    """Pairs of two different things, each once, without those asked about before."""
    seen: set[frozenset[int]] = set()
    kept = []
    for pair in pairs:
        key = frozenset((id(pair.left), id(pair.right)))
        if pair.left is pair.right or key in seen or _asked(pair, there):
            continue
        seen.add(key)
        kept.append(pair)
    return kept


def _asked(pair: Pair, there: Mapping[str, set[tuple[int, int]]]) -> bool:
    left, right = getattr(pair.left, "pk", pair.left), getattr(pair.right, "pk", pair.right)
    if not isinstance(left, int) or not isinstance(right, int):
        return False
    return (min(left, right), max(left, right)) in there.get(pair.kind, set())
