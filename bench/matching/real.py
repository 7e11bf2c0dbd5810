"""Notices as their sources wrote them: advisories, enforcement reports, pages of class I recalls.

Who is meant is read off them by rules of their own, simpler than those of the parser: where a rule does not fit, only
products are planted, of which no value is known.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wardwright.kernel.matching import Subject
from wardwright.kernel.scope import read_notice, read_scope
from wardwright.kernel.scope.csaf import Leaf, read_csaf

from .labelled import Labelled, Meant, Truth
from .things import Thing

_NUMBER = r"[vV]?\d+(?:\.\d+)*"
_FAMILY = re.compile(r"\b([A-Z]{1,4})(\d{1,4})-\1?(\d{1,4})\b")


def advisories(folder: Path) -> Iterator[Labelled]:
    """CSAF: each product that is known to be affected, with versions where the branch says them plainly."""
    for path in sorted((folder / "01_csaf_kev").glob("icsma/*.json")):
        data = json.loads(path.read_text("utf-8"))
        found = read_csaf(data)
        affected = set(_affected(data))
        meant: dict[tuple[str, str], Meant] = {}
        vague = set()
        for leaf in found.leaves:
            if leaf.product_id not in affected or not leaf.product:
                continue
            thing = Thing(_vendor(leaf.vendor), "", leaf.product)
            said = _versions(leaf)
            key = (thing.maker, thing.model)
            if said is None or key in vague:
                vague.add(key)
                meant[key] = Meant(thing, [Truth()], [], "")
            elif key in meant:
                meant[key] = Meant(thing, [*meant[key].inside, *said[0]], [], "version")
            else:
                meant[key] = Meant(thing, *said, "version" if said[1] else "")
        if meant:
            vendors = tuple(dict.fromkeys(leaf.vendor for leaf in found.leaves if leaf.vendor))
            yield Labelled("advisory", Subject(found.tracking_id, found.scope, vendors), list(meant.values()))


def _vendor(text: str) -> str:
    return re.sub(r"\s*\(.*?\)", "", text)


def _affected(data: dict[str, Any]) -> Iterator[str]:
    for one in data.get("vulnerabilities", []):
        yield from one.get("product_status", {}).get("known_affected", [])


def _versions(leaf: Leaf) -> tuple[list[Truth], list[Truth]] | None:
    """Versions inside and outside; None where the branch is more than one plain bound, list or range."""
    said = leaf.version.strip()
    if said in ("*", "vers:all/*"):
        return ([Truth(version=v) for v in ("1.0", "3.2.1", "")], []) if leaf.name.endswith((said, "ersions")) else None
    if re.fullmatch(rf"{_NUMBER}(?:\s*\|\s*{_NUMBER})*", said):
        numbers = [one.strip().lstrip("vV") for one in said.split("|")]
        if not all("." in one for one in numbers):
            return None
        return [Truth(version=one) for one in numbers], [Truth(version=_next(numbers[-1], 3))]
    bound = re.fullmatch(rf"(<=|<)\s*({_NUMBER})", said)
    if bound and "." in bound[2]:
        end = bound[2].lstrip("vV")
        under, over = _next(end, -1), _next(end, 1)
        inside = [under] if bound[1] == "<" else [under, end]
        known = [Truth(version=v) for v in inside if v]
        return (known, [Truth(version=over)]) if known else None
    return None


def _next(version: str, step: int) -> str:
    *head, last = version.split(".")
    if int(last) + step < 0:
        return ""
    return ".".join([*head, str(int(last) + step)])


def reports(folder: Path) -> Iterator[Labelled]:
    """Enforcement reports: the lots and serial numbers as a plain list, beside the number of the item they follow."""
    path = folder / "02_fda" / "recalls" / "openfda_device_enforcement_34_full_fields.csv"
    with path.open(encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file)):
            meant = list(_of_report(row["product_description"], row["code_info"], row["recalling_firm"]))
            if meant:
                scope = read_notice(row["product_description"], row["code_info"])
                subject = Subject(f"report {number}", scope, (row["recalling_firm"],))
                yield Labelled("report", subject, meant)


def _of_report(description: str, code_info: str, maker: str) -> Iterator[Meant]:
    items = re.findall(r"(?:Item #\.?: ?|\d\) |& \d\) )((?:RTL |DS )?[\w-]{5,})", code_info)
    if code_info.startswith("Item"):
        for item in items:
            yield Meant(Thing(maker, "", "", item), [Truth(lot="")], [], "")
        return
    if code_info.startswith("REF "):
        for part in re.split(r";\s+(?=REF)", code_info):
            ref, lots = re.match(r"REF ([\w-]+): Lots ([\d, ]+)", part).groups()
            yield _with_lots(Thing(maker, "", "", ref), re.findall(r"\d+", lots))
        return
    ref = re.search(r"(?:REF/Catalog No\. |Item |Model: |ITEM )([\w-]+)", description)
    lots = re.findall(r"\b(?!20\d\d\b)[A-Z]*\d[\dA-Z/-]{4,}\b", re.sub(r"\(01\).*|Exp\. Date \w+ \d+", "", code_info))
    if not ref or not lots:
        return
    thing = Thing(maker, "", ref[1])
    yield _with_lots(thing, lots, serial="Serial" in code_info)


def _with_lots(thing: Thing, lots: list[str], *, serial: bool = False) -> Meant:
    kind = "serial" if serial else "lot"
    outside = "990011223"
    return Meant(thing, [Truth(**{kind: lot}) for lot in lots], [Truth(**{kind: outside})], kind)


_RECALLING = re.compile(
    r"(?:is|are|has) recall(?:ing|ed) (?:\(correcting\) )?(?:the|its|all|certain|specific lots of the)?\s*(.+?)"
    r"(?: because| due to| after| following| for | with | that | in | to |, part|;|\.|$)",
    re.IGNORECASE,
)


def pages(folder: Path) -> Iterator[Labelled]:
    """Class I pages: what is named between "is recalling the" and the reason, part by part."""
    path = folder / "02_fda" / "recalls" / "fda_class1_recall_pages.jsonl"
    for line in path.read_text("utf-8").splitlines():
        page = json.loads(line)
        text = re.sub("<[^>]+>", " ", page["text"])
        first = text.split("\n")[0]
        found = _RECALLING.search(first)
        maker = first.split(" is recalling")[0].split(" are recalling")[0].split(" has recalled")[0]
        maker = re.sub(r"\s*\(.*?\)", "", maker).split(", and its")[0].split(" and their")[0].strip(", ")
        names = re.split(r"\s+and\s+(?:the\s+)?|,\s+", found[1]) if found else []
        named = [name.strip() for name in names if re.search("[A-Z0-9]", name) and len(name) > 3]
        if named and len(maker) < 60:
            meant = [Meant(Thing(maker, "", name), [Truth(serial="77412")], [], "") for name in named]
            yield Labelled("page", Subject(page["slug"][:60], read_scope(page["text"]), (maker,)), meant)
