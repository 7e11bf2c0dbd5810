"""Records of openFDA: ``device/recall`` and ``device/enforcement``, two descriptions of one recalled product.

They join by ``product_res_number == recall_number`` (field references of open.fda.gov; STANDARDS 5.1, 5.2). Only the
enforcement report has the class; only the recall has the cause, the action and the page of the FDA.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from wardwright.kernel.said import say

from .model import Bulletin, Kind, Severity, Status, Unfit
from .numbers import action_number, other_numbers
from .scopes import product_scope, union
from .values import (
    Notes,
    address,
    canonical,
    check_order,
    check_signs,
    day,
    digest,
    line,
    severity,
    short,
    status,
    words,
)

ISSUER = "FDA"
_PAGE = "https://www.accessdata.fda.gov/scripts/cdrh/cfdocs/cfRES/res.cfm?id="
_RECALL = ("product_res_number", "res_event_number", "cfres_id", "event_date_initiated", "root_cause_description")
_ENFORCEMENT = ("recall_number", "event_id", "center_classification_date", "recall_initiation_date", "more_code_info")
# Joined to other tables anew each week, without any change of the recall.
_NOT_CONTENT = ("openfda",)
_NAME_ENDS = re.compile(
    r"[,;:(\[|]|\.\s|\s-{1,2}\s|\s/\s|\b(?:REF|model|catalog(?:ue)?|cat|item|product|part|list|lot|serial|UDI|GTIN|"
    r"sterile|rx only|P/N|S/N|number|no)\b",
    re.IGNORECASE,
)


def is_recall(record: Mapping[str, Any]) -> bool:
    return sum(1 for name in _RECALL if name in record) >= 2


def is_enforcement(record: Mapping[str, Any]) -> bool:
    return sum(1 for name in _ENFORCEMENT if name in record) >= 2


def is_report(one: Bulletin) -> bool:
    """Whether a bulletin was made of an enforcement report."""
    return is_enforcement(json.loads(one.raw))


def bulletin(record: Mapping[str, Any], today: dt.date | None = None) -> Bulletin:
    """Of one record of either kind. Raises Unfit where it has no number."""
    recall = is_recall(record)
    notes = Notes(today)
    ref = _ref(record, recall, notes)
    if not recall and line(record.get("product_type")) not in ("Devices", ""):
        notes.add(say("It is about {what}, not about devices.", what=line(record["product_type"])))
    event = line(record.get("res_event_number" if recall else "event_id"))
    maker = line(record.get("recalling_firm"))
    description = words(record.get("product_description"), notes)
    codes = [words(record.get(name), notes) for name in ("code_info", "more_code_info")]
    code_info = "\n".join(filter(None, codes))
    scope = product_scope(description, code_info, maker, notes)
    raw = canonical(record)
    check_signs(raw, notes)
    started, ended, published = _days(record, recall, notes)
    return Bulletin(
        ref=ref,
        kind=Kind.RECALL,
        title=short(description or line(record.get("reason_for_recall")) or maker or ref),
        scope=scope,
        revision=_revision(record),
        raw=raw,
        issuer=ISSUER,
        maker=maker,
        severity=Severity.UNCLASSIFIED if recall else severity(record.get("classification"), notes),
        status=_status(record, recall, notes),
        published_on=published,
        started_on=started,
        ended_on=ended,
        event=event,
        also_known_as=other_numbers([f"RES {event}"] if event else [], ref),
        reason=words(record.get("reason_for_recall"), notes),
        action=words(record.get("action"), notes),
        url=_url(record),
        brands=_brands(description),
        product_codes=_product_codes(record, notes),
        remarks=tuple(notes.said),
    )


def joined(first: Bulletin, second: Bulletin, today: dt.date | None = None) -> Bulletin:
    """A recall and an enforcement report of one number as one: what each has, the enforcement report first, because it
    is the later and classified one. Where the texts about the product differ, both are in the scope."""
    later, other = (first, second) if is_report(first) else (second, first)
    notes = Notes(today, [*later.remarks, *(one for one in other.remarks if one not in later.remarks)])
    same = later.text == other.text
    if later.status and other.status and later.status != other.status:
        notes.add(say("Recall and enforcement report do not have the same status; the report's is shown."))
    started, ended = later.started_on or other.started_on, later.ended_on or other.ended_on
    check_order(started, ended, notes)
    return replace(
        later,
        scope=later.scope if same else union([later.scope, other.scope]),
        title=later.title if later.text else other.title,
        revision=digest([later.revision, other.revision]),
        raw=canonical({"recall": json.loads(other.raw), "enforcement": json.loads(later.raw)}),
        maker=later.maker or other.maker,
        status=later.status or other.status,
        published_on=later.published_on or other.published_on,
        started_on=started,
        ended_on=ended,
        event=later.event or other.event,
        also_known_as=other_numbers([*later.also_known_as, *other.also_known_as], later.ref),
        reason=later.reason or other.reason,
        action=later.action or other.action,
        url=later.url or other.url,
        brands=tuple(dict.fromkeys([*later.brands, *other.brands])),
        product_codes=tuple(dict.fromkeys([*later.product_codes, *other.product_codes])),
        remarks=tuple(notes.said),
    )


def _ref(record: Mapping[str, Any], recall: bool, notes: Notes) -> str:
    number = line(record.get("product_res_number" if recall else "recall_number"))
    if number:
        return action_number(number)[:100]
    identity = line(record.get("cfres_id"))
    if identity:
        notes.add(say("It has no recall number; it goes by its number in the FDA's database."))
        return f"CFRES {identity}"[:100]
    raise Unfit(say("The record has no recall number, so it could not be found again. Ask the source for it."))


def _status(record: Mapping[str, Any], recall: bool, notes: Notes) -> Status:
    return status(record.get("recall_status" if recall else "status"), notes)


def _days(
    record: Mapping[str, Any], recall: bool, notes: Notes
) -> tuple[dt.date | None, dt.date | None, dt.date | None]:
    """Begun, ended, published."""
    names = (
        ("event_date_initiated", "event_date_terminated", "event_date_posted")
        if recall
        else ("recall_initiation_date", "termination_date", "report_date")
    )
    started = day(record.get(names[0]), say("Begun"), notes)
    ended = day(record.get(names[1]), say("Ended"), notes)
    published = day(record.get(names[2]), say("Published"), notes)
    if published is None and recall:
        published = day(record.get("event_date_created"), say("Published"), notes)
    check_order(started, ended, notes)
    return started, ended, published


def _revision(record: Mapping[str, Any]) -> str:
    return digest([canonical({name: value for name, value in record.items() if name not in _NOT_CONTENT})])


def _url(record: Mapping[str, Any]) -> str:
    identity = line(record.get("cfres_id"))
    return address(f"{_PAGE}{identity}") if identity.isascii() and identity.isdigit() else ""


def _product_codes(record: Mapping[str, Any], notes: Notes) -> tuple[str, ...]:
    code = line(record.get("product_code")).upper()
    if code and not re.fullmatch(r"[A-Z]{3}", code):
        told = say("The product code “{code}” is none of the FDA's, which have three letters.", code=short(code, 40))
        notes.add(told)
        return ()
    return (code,) if code else ()


def _brands(description: str) -> tuple[str, ...]:
    """How the product is called: the words that a description begins with."""
    head = _NAME_ENDS.split(description, maxsplit=1)[0].strip(" \n\"'.")
    name = " ".join(head.split())
    return (name,) if 3 <= len(name) <= 80 else ()
