"""CSAF 2.0 advisories (OASIS CSAF 2.0, section 3.2) to scopes: one clause for each product and status.

The scope's text is one line for each product: vendor, product, version and full name as the advisory has them, so that
every element has its span. What the version branch and the full name say is united; where they disagree that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from wardwright.kernel.said import say

from .clean import clean
from .model import Clause, Element, Form, Of, Scope, Span
from .names import only_ordinary
from .read import Reader, merge_spans
from .versions import parse_version

AFFECTED = ("known_affected", "first_affected", "last_affected")
UNDER_INVESTIGATION = "under_investigation"
NOT_AFFECTED = ("known_not_affected", "fixed", "first_fixed")
_VERS = re.compile(r"vers:[a-z]+/", re.IGNORECASE)
_DEPTH = 60


class BadCsaf(ValueError):
    """Not a CSAF 2.0 advisory; ``str(error)`` says what is missing and where."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One product of the tree: names as the advisory has them, and the line of the text that was made of them."""

    product_id: str
    vendor: str
    product: str
    version: str
    name: str
    elements: tuple[Element, ...]
    line: Span

    @property
    def unread(self) -> tuple[Element, ...]:
        return tuple(e for e in self.elements if e.of is Of.UNREAD)


@dataclass(frozen=True, slots=True)
class Advisory:
    """An advisory read: its products, its scope as a whole, and one scope for each vulnerability by its name."""

    tracking_id: str
    leaves: tuple[Leaf, ...]
    scope: Scope
    by_vulnerability: tuple[tuple[str, Scope], ...]


def is_csaf(data: Any) -> bool:
    """Whether JSON looks like a CSAF document at all."""
    return isinstance(data, Mapping) and "document" in data and ("product_tree" in data or "vulnerabilities" in data)


def read_csaf(data: Any) -> Advisory:
    """Read an advisory. Raises :class:`BadCsaf`."""
    if not isinstance(data, Mapping):
        raise BadCsaf(say("A CSAF advisory is one JSON object."))
    for part in ("document", "product_tree"):
        if not isinstance(data.get(part), Mapping):
            raise BadCsaf(say("The advisory has no “{part}”.", part=part))
    maker = _Lines()
    leaves = tuple(maker.leaf(*one) for one in _leaves(data["product_tree"]))
    by_id = {leaf.product_id: leaf for leaf in leaves}
    groups = _groups(data["product_tree"])
    text = "\n".join(maker.lines)
    named = [_statuses(one, groups) for one in _list(data.get("vulnerabilities"))]
    whole = _scope(text, by_id, _united(named, by_id))
    each = tuple((name, _scope(text, by_id, status)) for name, status in zip(_names(data), named, strict=True))
    document = data["document"]
    tracking = document.get("tracking")
    identity = str(tracking.get("id", "")) if isinstance(tracking, Mapping) else ""
    return Advisory(identity, leaves, whole, each)


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _names(data: Mapping[str, Any]) -> Iterator[str]:
    for number, one in enumerate(_list(data.get("vulnerabilities")), 1):
        ids = _list(one.get("ids"))
        yield str(one.get("cve") or (ids[0].get("text") if ids else "") or one.get("title") or number)


def _leaves(tree: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str, str, Mapping[str, Any]]]:
    """product_id, vendor, product, version, name and identification helper of every product."""
    stack: list[tuple[Mapping[str, Any], tuple[tuple[str, str], ...]]] = [
        (one, ()) for one in reversed(_list(tree.get("branches")))
    ]
    while stack:
        branch, path = stack.pop()
        if len(path) > _DEPTH:
            raise BadCsaf(say("The branches of the product tree are nested more than {n} deep.", n=_DEPTH))
        path = (*path, (str(branch.get("category", "")), str(branch.get("name", ""))))
        if isinstance(branch.get("product"), Mapping):
            yield _leaf(branch["product"], path)
        stack += [(one, path) for one in reversed(_list(branch.get("branches")))]
    for product in _list(tree.get("full_product_names")):
        yield _leaf(product, ())
    for relation in _list(tree.get("relationships")):
        if isinstance(relation.get("full_product_name"), Mapping):
            yield _leaf(relation["full_product_name"], ())


def _leaf(
    product: Mapping[str, Any], path: tuple[tuple[str, str], ...]
) -> tuple[str, str, str, str, str, Mapping[str, Any]]:
    def last(*categories: str) -> str:
        return next((name for category, name in reversed(path) if category in categories), "")

    helper = product.get("product_identification_helper")
    versions = [n for c, n in path if c in ("product_version", "product_version_range", "patch_level", "service_pack")]
    return (
        str(product.get("product_id", "")),
        last("vendor"),
        last("product_name") or last("product_family"),
        " ".join(versions),
        str(product.get("name", "")),
        helper if isinstance(helper, Mapping) else {},
    )


class _Lines:
    """The text of the scope as it grows, a line for each product, and the elements that its parts make."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.length = 0

    def leaf(
        self, product_id: str, vendor: str, product: str, version: str, name: str, helper: Mapping[str, Any]
    ) -> Leaf:
        vendor, product, name = (clean(part).replace("\n", " ") for part in (vendor, product, name))
        version = clean(version).replace("\n", " ")
        models = [clean(str(one)) for one in _texts(helper.get("model_numbers")) if "*" not in one and "?" not in one]
        serials = [clean(str(one)) for one in _texts(helper.get("serial_numbers"))]
        parts = [vendor, product, version, name, *models, *serials]
        line = " · ".join(parts)
        shift, start = self.length, 0
        spans = []
        for part in parts:
            spans.append(Span(start, start + len(part)))
            start += len(part) + 3
        whole = Span(shift, shift + len(line))
        self.lines.append(line)
        self.length += len(line) + 1
        elements = _read_leaf(line, spans, vendor, product, version, name)
        elements += [Element(Of.REF, Form.ONE, one, span=s) for one, s in zip(models, spans[4:], strict=False)]
        behind = spans[4 + len(models) :]
        elements += [_serial(one, s) for one, s in zip(serials, behind, strict=True)]
        moved = tuple(replace(e, span=Span(e.span.start + shift, e.span.end + shift)) for e in elements)
        return Leaf(product_id, vendor, product, version, name, moved, whole)


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _serial(text: str, span: Span) -> Element:
    """A serial number of the identification helper, where ``*`` stands for any ending."""
    if text.endswith("*") and "*" not in text[:-1] and "?" not in text:
        return Element(Of.SERIAL, Form.PREFIX, text[:-1], span=span)
    if "*" in text or "?" in text:
        return Element(Of.UNREAD, low=text, span=span)
    return Element(Of.SERIAL, Form.ONE, text, span=span)


def _read_leaf(line: str, spans: list[Span], vendor: str, product: str, version: str, name: str) -> list[Element]:
    elements = [Element(Of.MAKER, Form.ONE, vendor, span=spans[0])] if vendor and vendor.lower() != "multiple" else []
    label = product or _name_alone(name)
    by_branch = _part(line, spans[2], label) if version else []
    rest = _rest_of_name(spans[3], product, vendor, name)
    by_name = _part(line, rest, label) if rest and _says_more(rest.of(line), version) else []
    if not product and any(not _is_plain_version(one) for one in by_name):
        label, by_name = name, [Element(Of.UNREAD, span=rest or spans[3])]  # another product may stand in it
    if label:
        elements.append(Element(Of.MODEL, Form.ONE, label, span=spans[1] if product else spans[3]))
    said = _united_parts(by_branch, by_name, elements)
    return elements + said


# Where a name that has no branch of its own ends, because what follows says which versions: "MX40: <= 2.0".
_END_OF_NAME = re.compile(
    r"(?i):\s+(?=[<>v\d]|all\b|versions?\b)"
    r"|,?\s+(?=[<>]=?\s*v?\d|(?:all )?(?:software |firmware )?versions?\b|prior to\b)"
)
_PLAIN_VERSION = re.compile(r"(?i)(?:[vr]\.?\s?|[a-z]\.)?\d")


def _name_alone(name: str) -> str:
    return _END_OF_NAME.split(name, maxsplit=1)[0].strip()


def _is_plain_version(element: Element) -> bool:
    if element.of is not Of.VERSION:
        return element.of is Of.CONDITION or (element.of is Of.PRODUCT and element.form is Form.ALL)
    return all(_PLAIN_VERSION.match(end) for end in (element.low, element.high) if end)


def _rest_of_name(span: Span, product: str, vendor: str, name: str) -> Span | None:
    """What the full name says beside the names of vendor and product."""
    at = name.casefold().rfind(product.casefold()) if product else -1
    if at >= 0:
        start = at + len(product)
    elif product:
        colon = max(name.rfind(": "), name.rfind(" - "))
        start = colon + 2 if colon >= 0 else len(name)
    else:
        alone = _name_alone(name)
        start = name.find(alone) + len(alone)
    rest = name[start:]
    shift = len(rest) - len(rest.lstrip(" :-·"))
    return Span(span.start + start + shift, span.end) if rest.strip(" :-·") else None


def _says_more(rest: str, version: str) -> bool:
    """Whether the rest of a name adds anything to the version branch."""
    return re.sub(r"\W", "", rest).casefold() != re.sub(r"\W", "", version).casefold()


def _part(line: str, span: Span, label: str) -> list[Element]:
    """What a version branch, or the rest of a name, says; what is not understood is an element of its own."""
    vers = _VERS.match(line, span.start)
    reader = Reader(line, vers.end() if vers else span.start, span.end, of=Of.VERSION)
    if "!=" in span.of(line):
        return [Element(Of.UNREAD, span=span)]
    models = _as_models(line, span, label)
    if models:
        return models
    reader.run()
    elements = [e for item in reader.items for e in item.elements if not item.excluded]
    elements = [_with_label(e, label) if e.of is Of.MODEL else e for e in elements]
    elements += [Element(Of.UNREAD, span=e.span) for item in reader.items if item.excluded for e in item.elements]
    return elements + [Element(Of.UNREAD, span=s) for s in merge_spans(reader.unread, line)]


_NO_MODEL = re.compile(
    r"(?i)[<>=*:]|version|operating system|software|firmware|\Av?\d+(?:\.\w+)+"
    r"|\b(?:through|between|prior|earlier|later|only|and|with|from|units?|revs?|numbers?)\b"
)
# What stands where a version should and is a model: MMT-1715, LNL-4420, S2-LP-1501, 24950, 3002 S3; never a year.
_MODEL_CODE = re.compile(
    r"(?:[A-Z]{2,5}-[A-Z]{0,3}\s?\d{3,}\w*|[A-Z]\d-[A-Z]{2}-\d{3,}|(?!(?:19|20)\d{2}\b)\d{4,6}[A-Z]?(?: [A-Z]\d)?)\Z"
)


def _as_models(line: str, span: Span, label: str) -> list[Element]:
    """A version branch that names models instead: "Accu-Chek Inform II", "24950 | 24952"."""
    words = span.of(line).strip().strip("()")
    plain = re.sub(r"(?i)\Amodels? |\Aversions? ", "", words)
    parts = [
        part.strip()
        for part in re.split(
            r"\||\band\b" if _MODEL_CODE.match(plain.split("|")[0].split(" and ")[0].strip()) else r"\|", plain
        )
    ]
    if all(_MODEL_CODE.match(part) for part in parts):
        return [_with_label(Element(Of.MODEL, Form.ONE, part, span=span), label) for part in parts]
    if _NO_MODEL.search(words):
        return []
    if not all(re.search("[A-Za-z]{3}", part) and not only_ordinary(part) and len(part.split()) <= 9 for part in parts):
        return []
    return [Element(Of.MODEL, Form.ONE, part, span=span) for part in parts]


def _with_label(element: Element, label: str) -> Element:
    """A model that is a mere code, with the name of its product before it."""
    return replace(element, low=f"{label} {element.low}".strip()) if element.form is Form.ONE else element


def _united_parts(branch: list[Element], name: list[Element], known: list[Element]) -> list[Element]:
    """Both readings as one: the branch's, and of the name what it says besides. ``known`` loses a name said better."""
    if any(e.of is Of.MODEL for e in branch + name):
        known[:] = [e for e in known if e.of is not Of.MODEL]
    if any(e.of is Of.MODEL for e in branch):
        name = [e for e in name if e.of not in (Of.UNREAD, Of.VERSION)]
    said = {_plain(e) for e in branch}
    added = [e for e in name if _plain(e) not in said and not _within(e, branch)]
    if any(e.of is Of.VERSION and e.form is Form.ALL for e in branch):
        added = [e for e in added if e.of is not Of.VERSION]
    if any(e.of is Of.MODEL for e in name) and not any(e.of is Of.MODEL for e in branch):
        branch = [e for e in branch if e.of is not Of.VERSION]
    if name and not any(e.of is Of.UNREAD for e in name):
        branch = [e for e in branch if e.of is not Of.UNREAD]
    return branch + added


def _plain(element: Element) -> tuple[Any, ...]:
    version = parse_version(element.low) if element.of is Of.VERSION and element.low else None
    high = parse_version(element.high) if element.of is Of.VERSION and element.high else None
    return (
        element.of,
        element.form,
        version or element.low,
        high or element.high,
        element.low_open,
        element.high_open,
        element.span if element.of in (Of.CONDITION, Of.UNREAD) else None,
    )


def _within(element: Element, others: list[Element]) -> bool:
    """Whether a version is an end of a range that is named already: "HD 16" beside "HD 16 or later"."""
    return any(
        o.of is element.of is Of.VERSION
        and o.form is Form.RANGE
        and element.form is Form.ONE
        and element.low in (o.low, o.high)
        for o in others
    )


# Statuses --------------------------------------------------------------------------------------------------------


def _groups(tree: Mapping[str, Any]) -> dict[str, list[str]]:
    return {str(g.get("group_id", "")): _texts(g.get("product_ids")) for g in _list(tree.get("product_groups"))}


def _statuses(vulnerability: Mapping[str, Any], groups: Mapping[str, list[str]]) -> dict[str, str]:
    """product_id → affected, investigated or not; the worst where an advisory says several."""
    status = vulnerability.get("product_status")
    found: dict[str, str] = {}
    if not isinstance(status, Mapping):
        return found
    for kind, names in (("not", NOT_AFFECTED), ("investigated", (UNDER_INVESTIGATION,)), ("affected", AFFECTED)):
        for name in names:
            for product in _texts(status.get(name)):
                for one in groups.get(product, [product]):
                    found[one] = kind
    return found


def _united(named: list[dict[str, str]], by_id: Mapping[str, Leaf]) -> dict[str, str]:
    """Over all vulnerabilities: affected by one is affected. A product with no status at all is taken as affected."""
    rank = {"not": 0, "investigated": 1, "affected": 2}
    whole: dict[str, str] = {}
    for one in named:
        for product, status in one.items():
            if rank[status] >= rank.get(whole.get(product, "not"), 0):
                whole[product] = status
    return {product: whole.get(product, "affected") for product in by_id} if whole or by_id else {}


def _scope(text: str, by_id: Mapping[str, Leaf], status: Mapping[str, str]) -> Scope:
    clauses = tuple(
        Clause(by_id[product].elements, certain=kind == "affected")
        for product, kind in status.items()
        if kind != "not" and product in by_id
    )
    left_out = tuple(Clause(by_id[p].elements) for p, kind in status.items() if kind == "not" and p in by_id)
    return Scope(text, clauses, tuple(replace(c, certain=True) for c in left_out))
