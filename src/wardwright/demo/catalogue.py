"""Companies, device types and models, and the spellings that still wait for somebody to decide."""

from __future__ import annotations

import itertools
from datetime import date
from random import Random
from typing import Any

from wardwright.apps.assets.models import DeviceModel, DeviceType, DeviceTypeAlias, MergeCandidate
from wardwright.apps.assets.queries import model_key, type_key
from wardwright.apps.directory.models import Company, CompanyAlias, CompanyRelation
from wardwright.apps.directory.queries import company_key
from wardwright.kernel.reliability import weibull_survival
from wardwright.kernel.said import say
from wardwright.kernel.udi import gs1_check_digit
from wardwright.platform.access.scope import authorize
from wardwright.platform.audit.operation import operation

from .facts import ModelFacts, TypeFacts, data
from .people import VENDOR

LIFE_SHAPE = 3.0
# GS1 gives out the prefix 952 for examples: these numbers can never be a real product's.
DEMO_GTIN_PREFIX = "0952"
PROVIDERS = {"XRAY": VENDOR, "STERIL": VENDOR, "LAB": VENDOR, "SCOPE": "ClearScope Endoscopy Repair"}


@operation()
def make_companies(*, by: Any) -> dict[str, Company]:
    """Makers, suppliers and service providers with their spellings and relations, by name."""
    authorize(by, "access.manage")
    found = data("companies")
    makers = {line.split("|")[0] for kind in data("types") for line in kind["models"]}
    makers |= {name for left, right, _, _ in found["related"] for name in (left, right)}
    companies = {
        name: _company(name, is_maker=True, country=found["countries"].get(name, "")) for name in sorted(makers)
    }
    for name, is_supplier, is_provider, country in found["suppliers"]:
        companies[name] = _company(name, is_supplier=is_supplier, is_provider=is_provider, country=country)
    known = {company.key for company in companies.values()}
    for name, spelling in [(name, text) for name, texts in found["aliases"].items() for text in texts]:
        key = company_key(spelling)
        if key not in known:  # The rule for names may find this spelling by itself.
            CompanyAlias.objects.create(company=companies[name], spelling=spelling, key=key, source="demo")
            known.add(key)
    for left, right, kind, note in found["related"]:
        CompanyRelation.objects.create(company=companies[left], other=companies[right], kind=kind, note=note)
    return companies


def _company(name: str, **given: Any) -> Company:
    return Company.objects.create(name=name, key=company_key(name), **given)


@operation()
def make_catalogue(*, by: Any, companies: dict[str, Company], seed: int, today: date) -> dict[str, TypeFacts]:
    """Device types and models, and the doubtful spellings with their place in the merge queue."""
    authorize(by, "access.manage")
    rng = Random(f"{seed}:catalogue")
    types = {given["name"]: _type(rng, given, companies, today) for given in data("types")}
    _doubtful_models(rng, companies, types)
    _doubtful_makers(rng, types)
    _doubtful_types(types)
    return types


def _type(rng: Random, given: dict[str, Any], companies: dict[str, Company], today: date) -> TypeFacts:
    function, risk, maintenance = given["fs"]
    row = DeviceType.objects.create(
        name=given["name"],
        key=type_key(given["name"]),
        emdn_code=given["emdn"],
        fda_product_code=given["fda"],
        fs_function=function,
        fs_risk=risk,
        fs_maintenance=maintenance,
        expected_life_years=given["life"],
        **dict.fromkeys(given["flags"], True),
    )
    provider = companies.get(PROVIDERS.get(given["procedure"], ""))
    facts = TypeFacts(
        row.pk, row.name, given["procedure"], row.life_support, row.high_risk, sum(given["fs"]), given["life"],
        given["cost"], given["fail"], given["shape"], provider.pk if provider else None, given["software"],
        ages_of(given["life"]),
    )  # fmt: skip
    facts.models = [_model(rng, line, given, row, companies, today) for line in given["models"]]
    return facts


def ages_of(life_years: float) -> list[float]:
    """Ages in years at percentiles 0 to 100 of a fleet whose devices are renewed for ever at a Weibull life.

    The age seen at a random moment of a renewal process has the density S(t) / mean life.
    """
    steps = [t * life_years / 50 for t in range(126)]
    survival = [weibull_survival(t, LIFE_SHAPE, life_years * 1.05) for t in steps]
    total, sums = 0.0, [0.0]
    for left, right in itertools.pairwise(survival):
        total += (left + right) / 2
        sums.append(total)
    ages, at = [], 0
    for percent in range(101):
        while at + 1 < len(sums) and sums[at + 1] < total * percent / 100:
            at += 1
        ages.append(steps[at])
    return ages


def _model(
    rng: Random, line: str, given: dict[str, Any], kind: DeviceType, companies: dict[str, Company], today: date
) -> ModelFacts:
    maker_name, name, first, last, weight = line.split("|")
    maker = companies[maker_name]
    body = f"{DEMO_GTIN_PREFIX}{rng.randrange(10**9):09d}"
    udi_di = body + gs1_check_digit(body) if not last or int(last) > 2015 else ""
    catalogue_no = f"{rng.choice('ABCEGKMRX')}{rng.randrange(10_000, 999_999)}" if rng.random() < 0.7 else ""
    row = DeviceModel.objects.create(
        maker=maker,
        name=name,
        key=model_key(name),
        device_type=kind,
        catalogue_no=catalogue_no,
        udi_di=udi_di,
        electrical_class=given["electrical"],
        applied_parts=given["applied"] or "none",
        power_requirements="Battery"
        if given["electrical"] == "IP"
        else "230 V, 50 Hz"
        if given["electrical"] != "none"
        else "",
        expected_life_years=given["life"],
        end_of_support_on=date(int(last) + 8, 12, 31) if last else None,
    )
    return ModelFacts(
        row.pk, name, maker_name, maker.pk, catalogue_no, udi_di, int(first), int(last or today.year), int(weight),
        rng.uniform(0.85, 1.2), maker.country,
    )  # fmt: skip


# What a person still has to decide ------------------------------------------------------------------------------


def _queue(kind: str, left: Any, right: Any, score: int, why: str, source: str, **decided: Any) -> None:
    first, second = sorted((left, right), key=lambda row: row.pk)
    MergeCandidate.objects.create(
        kind=kind,
        left_id=first.pk,
        right_id=second.pk,
        left_name=str(first)[:200],
        right_name=str(second)[:200],
        score=score,
        why=why,
        source=source,
        **decided,
    )


def _doubtful_models(rng: Random, companies: dict[str, Company], types: dict[str, TypeFacts]) -> None:
    """The same model written in another way, each used by a few devices."""
    for maker_name, spelling, name, score in data("companies")["model_spellings"]:
        kind, known = _find(types, maker_name, name)
        if model_key(spelling) == model_key(name):
            continue
        row = DeviceModel.objects.create(
            maker=companies[maker_name], name=spelling, key=model_key(spelling), device_type_id=kind.id
        )
        _queue(
            "model",
            DeviceModel.objects.get(pk=known.id),
            row,
            score,
            say("Same letters and digits."),
            "register of 2019",
        )
        kind.variants.append(_variant(known, row.pk, spelling, maker_name, companies[maker_name].pk))


def _doubtful_makers(rng: Random, types: dict[str, TypeFacts]) -> None:
    """The same maker written in another way, with one of its models under the other spelling."""
    for spelling, name, score in data("companies")["spellings"]:
        known = Company.objects.get(name=name)
        if company_key(spelling) == known.key:
            continue
        row = _company(spelling, is_maker=True)
        decided = {"decision": "related", "decided_by_name": "Hanna Keller"} if score < 65 else {}
        _queue(
            "company", known, row, score, say("Similar names."), "register of the former Lindhof hospital", **decided
        )
        kind, model = rng.choice(
            [(kind, model) for kind in types.values() for model in kind.models if model.maker == name]
        )
        copy = DeviceModel.objects.create(maker=row, name=model.name, key=model_key(model.name), device_type_id=kind.id)
        kind.variants.append(_variant(model, copy.pk, model.name, spelling, row.pk))


def _doubtful_types(types: dict[str, TypeFacts]) -> None:
    for number, (spelling, name, score) in enumerate(data("companies")["type_spellings"]):
        known = DeviceType.objects.get(pk=types[name].id)
        if type_key(spelling) == known.key:
            continue
        if number % 2:
            DeviceTypeAlias.objects.create(device_type=known, spelling=spelling, key=type_key(spelling))
            continue
        row = DeviceType.objects.create(name=spelling, key=type_key(spelling))
        _queue("type", known, row, score, say("Same words in another order."), "register of 2019")


def _find(types: dict[str, TypeFacts], maker: str, name: str) -> tuple[TypeFacts, ModelFacts]:
    return next((kind, m) for kind in types.values() for m in kind.models if (m.maker, m.name) == (maker, name))


def _variant(known: ModelFacts, model_id: int, name: str, maker: str, maker_id: int) -> ModelFacts:
    return ModelFacts(
        model_id, name, maker, maker_id, "", "", known.from_year, known.to_year, known.weight, known.cost_factor, ""
    )
